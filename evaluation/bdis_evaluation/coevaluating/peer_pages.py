"""Opinions asked of an initiative as a peer: its people answer in its space, in its name."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from bdis_cms.models import InitiativePage
from bdis_cms.space.access import get_own_initiative, space_page
from bdis_cms.space.panels import SpacePanel
from bdis_evaluation.coevaluating import answering_pages
from bdis_evaluation.coevaluating.answering_pages import Door
from bdis_evaluation.models import Invitation

ON_A_PAGE = 20
#: After what the initiative does for itself.
PANEL_ORDER = 60


@require_safe
@space_page
def requests(request: HttpRequest, pk: int) -> HttpResponse:
    """List the opinions asked of an initiative, those that wait first."""
    page = get_own_initiative(request, pk)
    asked = Invitation.objects.filter(peer=page).standing()
    waiting = set(asked.open().values_list("pk", flat=True))
    shown = Paginator(
        asked.select_related("evaluation__initiative", "evaluation__grid").order_by(
            "-invited_at", "-pk"
        ),
        ON_A_PAGE,
    ).get_page(request.GET.get("page"))
    rows = [(one, one.pk in waiting) for one in shown]
    context = {"page": page, "rows": rows, "shown": shown}
    return render(request, "bdis_evaluation/opinion/requests.html", context)


@require_safe
@space_page
def welcome(request: HttpRequest, pk: int, invitation_pk: int) -> HttpResponse:
    """Say what is asked of the initiative."""
    return answering_pages.welcome(request, _door(request, pk, invitation_pk))


@require_http_methods(["GET", "HEAD", "POST"])
@space_page
def theme(request: HttpRequest, pk: int, invitation_pk: int, code: str) -> HttpResponse:
    """Answer a theme in the name of the initiative."""
    return answering_pages.theme(request, _door(request, pk, invitation_pk), code)


@require_POST
@space_page
def done(request: HttpRequest, pk: int, invitation_pk: int) -> HttpResponse:
    """Finish in the name of the initiative."""
    return answering_pages.done(request, _door(request, pk, invitation_pk))


def space_panel(request: HttpRequest, page: InitiativePage) -> SpacePanel | None:
    """Say which opinions are asked of the initiative; nothing when none ever was."""
    asked = Invitation.objects.filter(peer=page).standing()
    waiting = asked.open().count()
    if not waiting and not asked.exists():
        return None
    todo = ngettext("Give the opinion asked of us", "Give the opinions asked of us", waiting)
    return SpacePanel(
        order=PANEL_ORDER,
        title=_("Opinions asked of us"),
        template="bdis_evaluation/opinion/panel.html",
        context={"waiting": waiting},
        todo=todo if waiting else "",
        url=reverse("bdis_peer_opinion:requests", args=[page.pk]),
        label=_("Opinions asked of us"),
    )


def _door(request: HttpRequest, pk: int, invitation_pk: int) -> Door:
    page = get_own_initiative(request, pk)
    invitations: Any = Invitation.objects.filter(peer=page).select_related(
        "evaluation__version", "evaluation__grid", "evaluation__initiative", "peer"
    )
    invitation = get_object_or_404(invitations, pk=invitation_pk)
    return Door(
        invitation, "bdis_peer_opinion", (pk, invitation_pk), "bdis_cms/space/base.html", page
    )
