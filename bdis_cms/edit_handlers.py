"""Editing forms of the page types, laid out for editors."""

from wagtail.admin.panels import FieldPanel, InlinePanel, ObjectList, TabbedInterface

INITIATIVE_EDIT_HANDLER = TabbedInterface(
    [
        ObjectList([FieldPanel("title"), FieldPanel("summary"), InlinePanel("contacts")]),
    ]
)
