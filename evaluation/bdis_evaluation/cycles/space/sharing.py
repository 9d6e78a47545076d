"""Choosing what others see, with the very block that they will see."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bdis_cms.permissions import may_sign_for
from bdis_cms.space.access import get_own_initiative, space_page
from bdis_evaluation.cycles.choosing import share
from bdis_evaluation.cycles.sharing import choices_of, progress_shown, shown_evaluation
from bdis_evaluation.cycles.space.forms import SharingForm
from bdis_evaluation.models import Shown

_TEMPLATE = "bdis_evaluation/cycles/sharing.html"


@require_http_methods(["GET", "HEAD", "POST"])
@space_page
def sharing(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what others see, and let owners choose it; ``preview`` shows a choice, not saved."""
    page = get_own_initiative(request, pk)
    is_owner = may_sign_for(request.user, page)
    if request.method == "POST" and not is_owner:
        raise PermissionDenied
    evaluation = shown_evaluation(page)
    if evaluation is None:
        return render(request, _TEMPLATE, {"page": page})
    choices = choices_of(evaluation)
    content = evaluation.version.content
    form = SharingForm(request.POST or None, content=content, choices=choices)
    is_preview = False
    if request.method == "POST" and form.is_valid():
        if "preview" not in request.POST:
            evaluation.initiative = page
            share(evaluation, form.choices, user=request.user)
            messages.success(request, _("This is what others see from now on."))
            return redirect(request.path)
        choices, is_preview = form.choices, True
    context = {
        "page": page,
        "evaluation": evaluation,
        "form": form,
        "is_owner": is_owner,
        "is_preview": is_preview,
        "levels": Shown,
        "progress": progress_shown(page, evaluation, choices),
    }
    return render(request, _TEMPLATE, context, status=422 if form.errors else 200)
