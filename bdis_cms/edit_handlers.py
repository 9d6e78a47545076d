"""Editing forms of the page types, laid out for editors."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    HelpPanel,
    InlinePanel,
    MultiFieldPanel,
    ObjectList,
    PublishingPanel,
    TabbedInterface,
    TitleFieldPanel,
)
from wagtail.admin.widgets import AdminAutoHeightTextInput

from bdis_cms.admin.forms import InitiativePageForm
from bdis_cms.admin.panels import SeatMapPanel, TerritoriesPanel
from bdis_cms.admin.widgets import CommuneAutocomplete, TermPicker

ESSENTIALS = [
    TitleFieldPanel("title", help_text=_("The name people know, without its legal form.")),
    FieldPanel("acronym", help_text=_("If it is used, for example AMAP or RERS.")),
    FieldPanel("summary", widget=AdminAutoHeightTextInput()),
    FieldPanel(
        "families",
        widget=TermPicker(),
        help_text=_("What kind of initiative it is. Several families are possible, one is enough."),
    ),
    FieldPanel(
        "description",
        help_text=_("What you do, how, since when, with whom. A few sentences are enough."),
    ),
    MultiFieldPanel(
        [
            FieldRowPanel([FieldPanel("legal_family"), FieldPanel("legal_status")]),
            FieldRowPanel([FieldPanel("founded_year"), FieldPanel("workforce")]),
            FieldRowPanel(
                [
                    FieldPanel("siret", help_text=_("14 digits; spaces do not matter.")),
                    FieldPanel("rna"),
                ]
            ),
            FieldPanel(
                "parent_structure",
                help_text=_("If it is a branch, a site or an activity of another initiative."),
            ),
        ],
        heading=_("The organisation"),
    ),
]

PLACE = [
    MultiFieldPanel(
        [
            FieldPanel("address"),
            FieldPanel(
                "commune",
                widget=CommuneAutocomplete(),
                help_text=_("Type the beginning of its name, or its postcode."),
            ),
            FieldPanel("postcode"),
            SeatMapPanel(
                "location",
                heading=_("Point on the map"),
                help_text=_(
                    "Click on the map or drag the point. Without a point, the listing stands at "
                    "the centre of its commune."
                ),
                zoom=15,
            ),
            FieldPanel("point_precision"),
        ],
        heading=_("The seat"),
        help_text=_("Where people find you."),
    ),
    MultiFieldPanel(
        [TerritoriesPanel("served_territories"), FieldPanel("served_radius_km")],
        heading=_("The area served"),
        help_text=_("Where you work, which may be wider than where you are."),
    ),
    FieldPanel("opening_hours", help_text=_("One line per day or period.")),
]

ACTIVITIES = [
    FieldPanel(
        "main_activity",
        widget=TermPicker(single=True),
        help_text=_("The most precise term that fits. Type a word to find it."),
    ),
    FieldPanel(
        "activities",
        widget=TermPicker(),
        help_text=_("What else you do, if anything."),
    ),
    FieldPanel("tags", help_text=_("Free words, separated by commas.")),
]

CONTACTS = [
    InlinePanel(
        "contacts",
        heading=_("Contacts"),
        label=_("Contact"),
        help_text=_("The public sees a person only if that person agreed to it: ask before."),
        panels=[
            FieldRowPanel([FieldPanel("name"), FieldPanel("role")]),
            FieldRowPanel([FieldPanel("email"), FieldPanel("phone")]),
            FieldPanel("visibility"),
        ],
    ),
    InlinePanel(
        "links",
        heading=_("Websites and social networks"),
        label=_("Link"),
        panels=[FieldRowPanel([FieldPanel("kind"), FieldPanel("url")])],
    ),
]

AGREEMENTS = [
    InlinePanel(
        "agreements",
        heading=_("Agreements and labels"),
        label=_("Agreement"),
        help_text=_(
            "What an authority granted, with its dates. ESUS is granted for five years, two if "
            "the structure is under three years old."
        ),
        panels=[
            FieldRowPanel([FieldPanel("kind"), FieldPanel("label")]),
            FieldPanel("authority"),
            FieldRowPanel([FieldPanel("starts_on"), FieldPanel("ends_on")]),
        ],
    ),
]

IMAGES = [
    FieldRowPanel([FieldPanel("cover"), FieldPanel("logo")]),
    InlinePanel(
        "gallery",
        heading=_("Gallery"),
        label=_("Image"),
        help_text=_("Use images you have the right to publish, and people who agreed to be seen."),
        panels=[FieldPanel("image"), FieldPanel("caption")],
    ),
]

PUBLICATION = [
    MultiFieldPanel(
        [
            FieldPanel("slug", help_text=_("The end of the address of the listing.")),
            FieldPanel("seo_title"),
            FieldPanel("search_description"),
        ],
        heading=_("For search engines"),
    ),
    PublishingPanel(),
    HelpPanel(template="bdis_cms/admin/panels/origin.html", heading=_("Origin")),
]

INITIATIVE_EDIT_HANDLER = TabbedInterface(
    [
        ObjectList(ESSENTIALS, heading=_("Essentials")),
        ObjectList(PLACE, heading=_("Place")),
        ObjectList(ACTIVITIES, heading=_("Activities")),
        ObjectList(CONTACTS, heading=_("Contacts and links")),
        ObjectList(AGREEMENTS, heading=_("Agreements")),
        ObjectList(IMAGES, heading=_("Images")),
        ObjectList(PUBLICATION, heading=_("Publication")),
    ],
    base_form_class=InitiativePageForm,
)
