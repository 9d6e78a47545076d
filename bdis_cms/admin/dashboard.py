"""The dashboard: today's work first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from wagtail.admin.site_summary import SummaryItem
from wagtail.admin.ui.components import Component
from wagtail.models import GroupApprovalTask, TaskState, WorkflowState

from bdis_cms.admin.filters import WITHOUT_ESSENTIALS
from bdis_cms.admin.states import in_moderation, is_due
from bdis_cms.completeness import essentials_missing
from bdis_cms.models import InitiativePage
from bdis_cms.permissions import editable_initiatives


@dataclass(frozen=True, slots=True)
class Todo:
    """One kind of work that waits: how many listings, and where they are listed."""

    key: str
    count: int
    label: str | Promise
    query: str

    @property
    def url(self) -> str:
        return f"{reverse('bdis_initiatives:index')}?{self.query}"


def awaiting_review_of(user: Any) -> int:
    """Return how many listings wait for an approval that ``user`` may give."""
    tasks = GroupApprovalTask.objects.all()
    if not user.is_superuser:
        tasks = tasks.filter(groups__in=user.groups.all())
    states = TaskState.objects.filter(
        status=TaskState.STATUS_IN_PROGRESS,
        workflow_state__status=WorkflowState.STATUS_IN_PROGRESS,
        task__in=tasks.values("pk"),
        workflow_state__content_type__app_label=InitiativePage._meta.app_label,
        workflow_state__content_type__model=InitiativePage._meta.model_name,
    )
    return states.distinct().count()


def todos_of(user: Any) -> list[Todo]:
    """Return the work that waits for ``user``, the most urgent first, in two queries."""
    counts = editable_initiatives(user).aggregate(
        drafts=Count("pk", filter=Q(~in_moderation(), live=False)),
        changes=Count("pk", filter=Q(~in_moderation(), live=True, has_unpublished_changes=True)),
        due=Count("pk", filter=Q(is_due(), live=True)),
        incomplete=Count("pk", filter=Q(essentials_missing(), live=True)),
        no_charter=Count("pk", filter=Q(live=True, charter_valid_until__isnull=True)),
        lapsed=Count("pk", filter=Q(live=True, charter_valid_until__lt=timezone.localdate())),
    )
    return [
        Todo("review", awaiting_review_of(user), _("waiting for your review"), "state=moderation"),
        Todo("drafts", counts["drafts"], _("drafts to finish or submit"), "state=draft"),
        Todo("changes", counts["changes"], _("published, with changes waiting"), "state=changed"),
        Todo(
            "no_charter",
            counts["no_charter"],
            _("published without adhesion: nobody sees them"),
            "state=no_charter",
        ),
        Todo(
            "lapsed",
            counts["lapsed"],
            _("with an adhesion that ended: nobody sees them"),
            "state=lapsed",
        ),
        Todo("due", counts["due"], _("not confirmed for a year"), "freshness=due&state=published"),
        Todo(
            "incomplete",
            counts["incomplete"],
            _("lacking something essential"),
            f"missing={WITHOUT_ESSENTIALS}&state=published",
        ),
    ]


class TodoPanel(Component):
    """ "Mes fiches à traiter": counts of what waits, each leading to the listings."""

    name = "bdis_todo"
    order = 50
    template_name = "bdis_cms/admin/home/todo.html"

    def __init__(self, request: Any) -> None:
        self.request = request

    def get_context_data(self, parent_context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        todos = todos_of(self.request.user)
        return {
            "todos": [todo for todo in todos if todo.count],
            "index_url": reverse("bdis_initiatives:index"),
            "add_url": reverse("bdis_initiatives:choose_parent"),
        }


class InitiativesSummaryItem(SummaryItem):
    """How many listings the public sees, of those the user edits."""

    order = 50
    template_name = "bdis_cms/admin/home/summary.html"

    def is_shown(self) -> bool:
        return editable_initiatives(self.request.user).exists()

    def get_context_data(self, parent_context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        count = editable_initiatives(self.request.user).public().count()
        return {
            "count": count,
            "label": ngettext("public initiative", "public initiatives", count),
            "url": f"{reverse('bdis_initiatives:index')}?state=public",
        }
