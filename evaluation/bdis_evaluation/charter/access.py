"""Who reads what of the ledger."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from bdis_cms.models import InitiativePage
from bdis_cms.permissions import (
    editable_initiatives,
    may_act_for,
    own_region_pages,
    works_nationally,
)
from bdis_evaluation.models import CharterAdhesion


def may_see_certificate(user: Any, adhesion: CharterAdhesion) -> bool:
    """Whether ``user`` is of the initiative or of the team of its region."""
    if not user.is_authenticated:
        return False
    page = InitiativePage.objects.filter(pk=adhesion.initiative_id).first()
    if page is None:
        return visible_ledger(user).filter(pk=adhesion.pk).exists()
    return may_act_for(user, page) or editable_initiatives(user).filter(pk=page.pk).exists()


def visible_ledger(user: Any) -> QuerySet[CharterAdhesion]:
    """Return the lines of the ledger of the regions in which ``user`` works; all nationally."""
    lines = CharterAdhesion.objects.all()
    if works_nationally(user):
        return lines
    codes = own_region_pages(user).values("region__code")
    return lines.in_pages(editable_initiatives(user), codes)
