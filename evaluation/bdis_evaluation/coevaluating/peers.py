"""Which initiatives may look at another one: adhering neighbours, without a declared link."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from bdis_cms.models import InitiativeMember, InitiativePage, MemberRole
from bdis_evaluation.coevaluating.refusals import PeerLinked, PeerNotProposed


def peers_for(page: InitiativePage, words: str = "") -> QuerySet[InitiativePage]:
    """Return the initiatives that ``page`` may ask, by name; ``is_linked`` says of each whether a
    link is declared.

    Public ones of its region that signed the charter, with somebody who may answer for them.
    """
    owners = InitiativeMember.objects.filter(initiative=OuterRef("pk"), role=MemberRole.OWNER)
    found = (
        InitiativePage.objects.public()
        .child_of(page.get_parent())
        .filter(Exists(owners), charter_signed_on__isnull=False)
        .exclude(pk=page.pk)
        .annotate(is_linked=_linked(page))
        .select_related("commune")
        .order_by("title", "pk")
    )
    for word in words.split()[:5]:
        found = found.filter(Q(title__icontains=word) | Q(commune__name__icontains=word))
    return found


def require_peer(page: InitiativePage, peer: InitiativePage) -> None:
    """Check that ``page`` may ask ``peer``; raises ``PeerNotProposed`` and ``PeerLinked``."""
    found: Any = peers_for(page).filter(pk=peer.pk).first()
    if found is None:
        raise PeerNotProposed
    if found.is_linked and not links_are_accepted():
        raise PeerLinked(found.title)


def links_are_accepted() -> bool:
    """Whether linked initiatives may be asked, their link being shown: ``BDIS_LINKED_PEERS``."""
    return bool(getattr(settings, "BDIS_LINKED_PEERS", False))


def _linked(page: InitiativePage) -> Exists:
    """A parent structure, a branch, a branch of the same one, or people in common."""
    family = Q(parent_structure=page.pk)
    if page.parent_structure_id:
        family |= Q(pk=page.parent_structure_id) | Q(parent_structure=page.parent_structure_id)
    common = InitiativeMember.objects.filter(user__in=page.members.values("user"))
    family |= Q(pk__in=common.values("initiative"))
    return Exists(InitiativePage.objects.filter(family, pk=OuterRef("pk")).order_by())
