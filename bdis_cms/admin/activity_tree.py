"""The tree of activities in the admin: listed as a tree, moved, never cut under listings."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.text import slugify
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import View
from wagtail.admin import messages
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.generic import CreateView, EditView, IndexView
from wagtail.admin.widgets.button import Button
from wagtail.log_actions import log
from wagtail.permissions import policy_registry

from bdis_cms.admin.terms import LABELS, TermDeleteView, TermViewSet
from bdis_cms.admin.widgets import TermPicker
from bdis_cms.models import Activity, InitiativePage


def branch_of(activity: Activity) -> QuerySet[Activity]:
    """Return ``activity`` and its descendants."""
    return Activity.objects.filter(path__startswith=activity.path)


def listings_in(activity: Activity) -> QuerySet[InitiativePage]:
    """Return the listings, drafts included, of ``activity`` or of one of its descendants."""
    branch = branch_of(activity).values("pk")
    return InitiativePage.objects.filter(Q(main_activity__in=branch) | Q(activities__in=branch))


class ActivityForm(WagtailAdminModelForm):
    """A node and its place: a new parent takes the whole branch, after its other children."""

    parent: Any = forms.ModelChoiceField(
        label=_("Under"),
        queryset=Activity.objects.none(),
        required=False,
        widget=TermPicker(single=True),
        help_text=_("None: at the top of the tree. What is below moves along."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].required = False
        self.fields["code"].help_text = _("Left empty, it is made from the label; then it stays.")
        field = self.fields["parent"]
        field.queryset = Activity.objects.all()
        if self.instance.pk:
            field.queryset = Activity.objects.exclude(path__startswith=self.instance.path)
            self.initial["parent"] = self._parent_before()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not data.get("code"):
            parent, label = data.get("parent"), slugify(data.get("label_fr", ""))
            data["code"] = self.instance.code or (
                f"{parent.get_root().code}.{label}" if parent else label
            )
        return data

    def _parent_before(self) -> Activity | None:
        return self.instance.get_parent() if self.instance.pk else None

    @transaction.atomic
    def save(self, commit: bool = True) -> Activity:
        parent = self.cleaned_data["parent"]
        node = self.instance
        if not node.pk:
            return parent.add_child(instance=node) if parent else Activity.add_root(instance=node)
        before = self._parent_before()
        node.save()
        if parent != before:
            if parent:
                node.move(Activity.objects.get(pk=parent.pk), pos="last-child")
            else:
                node.move(Activity.get_last_root_node(), pos="last-sibling")
            node.refresh_from_db()
        return node


class TreeTitleColumn(TitleColumn):
    """A label, as far from the left as it is deep."""

    cell_template_name = "bdis_cms/admin/tables/tree_title_cell.html"

    def get_cell_context_data(self, instance: Any, parent_context: Any) -> dict[str, Any]:
        context = super().get_cell_context_data(instance, parent_context)
        context["indent"] = range(instance.depth - 1)
        return context


class ActivityIndexView(IndexView):
    """The whole tree, in its own order."""

    page_title = _("Activities")
    default_ordering = "path"

    def get_base_queryset(self) -> QuerySet[Activity]:
        main = (
            InitiativePage.objects.filter(main_activity=OuterRef("pk"))
            .order_by()
            .values("main_activity")
            .annotate(total=Count("pk"))
            .values("total")
        )
        return Activity.objects.annotate(
            as_main=Coalesce(Subquery(main), 0), as_other=Count("initiatives", distinct=True)
        )

    def order_queryset(self, queryset: QuerySet[Activity]) -> QuerySet[Activity]:
        return queryset.order_by("path")

    @cached_property
    def columns(self) -> list[Any]:
        return [
            self._get_title_column("label_fr", TreeTitleColumn),
            Column("label_en", label=_("In English")),
            Column("code", label=_("Code")),
            Column("as_main", label=_("Main activity of"), width="10%"),
            Column("as_other", label=_("Other activity of"), width="10%"),
        ]

    def get_list_more_buttons(self, instance: Activity) -> list[Any]:
        buttons = super().get_list_more_buttons(instance)
        if self.user_has_permission("add"):
            add = reverse(self.add_url_name)
            buttons.append(
                Button(
                    gettext("Add a child"),
                    url=f"{add}?parent={instance.pk}",
                    icon_name="plus",
                    priority=15,
                )
            )
        if self.user_has_permission("change"):
            for direction, label, icon in (
                ("up", gettext("Move up"), "arrow-up"),
                ("down", gettext("Move down"), "arrow-down"),
            ):
                url = reverse("bdis_activities:shift", args=[instance.pk, direction])
                buttons.append(Button(label, url=url, icon_name=icon, priority=25))
        return sorted(buttons)


class ActivityCreateView(CreateView):
    """Add a node, under the parent that the address gives."""

    def get_initial(self) -> dict[str, Any]:
        parent = self.request.GET.get("parent", "")
        return super().get_initial() | ({"parent": parent} if parent.isdigit() else {})

    def get_initial_form_instance(self) -> Activity:
        return Activity()


class ActivityEditView(EditView):
    """Rename or move a node."""


class ActivityDeleteView(TermDeleteView):
    """Delete a node and its branch, when no listing stands on any of it."""

    listings_of = staticmethod(listings_in)
    index_filter = "activity"

    @property
    def advice(self) -> Any:
        return _(
            "Its descendants count too. Give these listings another activity first; or rename or "
            "move this one, which every listing then follows."
        )

    @property
    def confirmation_message(self) -> str:
        below = self.object.get_descendant_count()
        if not below:
            return gettext("Are you sure you want to delete this activity?")
        return ngettext(
            "Are you sure you want to delete this activity, and the %(below)d below it?",
            "Are you sure you want to delete this activity, and the %(below)d below it?",
            below,
        ) % {"below": below}


class ShiftView(View):
    """Move a node one place up or down among its siblings: asked, then done."""

    def _node(self) -> Activity:
        if not policy_registry.get_by_type(Activity).user_has_permission(
            self.request.user, "change"
        ):
            raise PermissionDenied
        return get_object_or_404(Activity, pk=self.kwargs["pk"])

    def get(self, request: Any, pk: int, direction: str) -> HttpResponse:
        return render(
            request,
            "bdis_cms/admin/activity_shift.html",
            {"activity": self._node(), "direction": direction},
        )

    @transaction.atomic
    def post(self, request: Any, pk: int, direction: str) -> HttpResponse:
        node = self._node()
        up = direction == "up"
        neighbour = node.get_prev_sibling() if up else node.get_next_sibling()
        if neighbour is None:
            messages.warning(request, _("It is already at the end of its siblings."))
        else:
            node.move(neighbour, pos="left" if up else "right")
            log(instance=node, action="wagtail.edit", user=request.user)
            messages.success(request, gettext("“%s” is moved.") % node)
        return redirect("bdis_activities:index")


class ActivityViewSet(TermViewSet):
    """The tree of activities."""

    model = Activity
    name = "bdis_activities"
    url_prefix = "nomenclature/activities"
    icon = "list-ul"
    index_view_class = ActivityIndexView
    add_view_class = ActivityCreateView
    edit_view_class = ActivityEditView
    delete_view_class = ActivityDeleteView
    list_per_page = 1000
    edit_handler = ObjectList(
        [*LABELS[:2], FieldPanel("parent"), *LABELS[2:]], base_form_class=ActivityForm
    )

    def get_urlpatterns(self) -> list[Any]:
        return [
            *super().get_urlpatterns(),
            path("shift/<int:pk>/<str:direction>/", ShiftView.as_view(), name="shift"),
        ]
