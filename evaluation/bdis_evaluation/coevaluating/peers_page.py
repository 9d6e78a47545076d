"""Choosing peers: adhering initiatives of the same region."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bdis_cms.models import InitiativePage
from bdis_cms.space.access import space_page
from bdis_cms.text import clean
from bdis_evaluation.coevaluating.access import gathering_url, get_owned_evaluation
from bdis_evaluation.coevaluating.gathering import is_gathering
from bdis_evaluation.coevaluating.inviting import invite_peer
from bdis_evaluation.coevaluating.peers import links_are_accepted, peers_for
from bdis_evaluation.coevaluating.refusals import CoevaluationRefused
from bdis_evaluation.models import Evaluation, Invitation

ON_A_PAGE = 20
_LONGEST_WORDS = 100
_LARGEST_KEY = 2**31 - 1


@require_http_methods(["GET", "HEAD", "POST"])
@space_page
def peers(request: HttpRequest, pk: int, evaluation_pk: int) -> HttpResponse:
    """Propose peers, found by name or town, and ask one."""
    evaluation = get_owned_evaluation(request, pk, evaluation_pk)
    if not is_gathering(evaluation):
        return redirect(gathering_url(evaluation))
    if request.method == "POST":
        return _ask(request, evaluation)
    words = clean(request.GET.get("q", ""))[:_LONGEST_WORDS].strip()
    found = peers_for(evaluation.initiative, words)
    asked = Invitation.objects.filter(evaluation=evaluation).standing().of_peers()
    context = {
        "page": evaluation.initiative,
        "evaluation": evaluation,
        "words": words,
        "found": Paginator(found, ON_A_PAGE).get_page(request.GET.get("page")),
        "asked": set(asked.values_list("peer", flat=True)),
        "links_accepted": links_are_accepted(),
    }
    return render(request, "bdis_evaluation/coevaluating/peers.html", context)


def _ask(request: HttpRequest, evaluation: Evaluation) -> HttpResponse:
    typed = request.POST.get("peer", "")
    is_key = typed.isascii() and typed.isdigit() and len(typed) <= 10
    key = min(int(typed), _LARGEST_KEY) if is_key else 0
    peer = get_object_or_404(InitiativePage, pk=key)
    try:
        invite_peer(evaluation, peer=peer, user=request.user)
    except CoevaluationRefused as refusal:
        messages.error(request, str(refusal))
        return redirect(gathering_url(evaluation, "peers"))
    messages.success(request, _("%(peer)s is asked.") % {"peer": peer.title})
    return redirect(gathering_url(evaluation))
