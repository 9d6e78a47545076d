"""What a listing lacks, as to-dos for a person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.db.models.expressions import Combinable
from django.utils.functional import Promise
from django.utils.html import strip_tags
from django.utils.translation import gettext_lazy as _

from bdis_cms.models import InitiativeContact, InitiativeLink, InitiativePage, ServedArea
from bdis_cms.models.initiative_children import Visibility
from bdis_cms.models.initiative_facts import InitiativeQuerySet
from bdis_cms.models.territories import PointPrecision

#: What ``filter`` takes.
Condition = Q | Combinable
ENOUGH_WORDS = 25
PLACED = (PointPrecision.EXACT, PointPrecision.STREET)


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing a good listing says; the weights add up to 100.

    ``lacking`` finds in the database the listings without it; it may be coarser than ``met_by``.
    ``essential``: without it the listing does not serve the public.
    """

    key: str
    todo: str | Promise
    weight: int
    anchor: str
    met_by: Callable[[InitiativePage], bool]
    lacking: Callable[[], Condition]
    essential: bool = False


def _is_reachable(page: InitiativePage) -> bool:
    answers = any(contact.email or contact.phone for contact in page.public_contacts)
    return answers or bool(page.links.all())


def _unreachable() -> Condition:
    contacts = InitiativeContact.objects.filter(page=OuterRef("pk"), visibility=Visibility.PUBLIC)
    links = InitiativeLink.objects.filter(page=OuterRef("pk"))
    return ~Exists(contacts.exclude(email="", phone="")) & ~Exists(links)


def _without_family() -> Condition:
    return ~Exists(InitiativePage.families.through.objects.filter(initiativepage=OuterRef("pk")))


def _serves_nowhere() -> Condition:
    areas = ServedArea.objects.filter(page=OuterRef("pk"))
    return Q(served_radius_km__isnull=True) & ~Exists(areas)


REQUIREMENTS: tuple[Requirement, ...] = (
    Requirement(
        "summary",
        _("Say in one sentence what the initiative does, and for whom."),
        14,
        "summary",
        lambda page: bool(page.summary.strip()),
        lambda: Q(summary=""),
        essential=True,
    ),
    Requirement(
        "description",
        _("Describe the initiative in a few sentences."),
        12,
        "description",
        lambda page: len(strip_tags(page.description).split()) >= ENOUGH_WORDS,
        lambda: Q(description=""),
    ),
    Requirement(
        "family",
        _("Choose the ESS family."),
        10,
        "families",
        lambda page: bool(page.families.all()),
        _without_family,
        essential=True,
    ),
    Requirement(
        "activity",
        _("Choose the main activity."),
        12,
        "main_activity",
        lambda page: page.main_activity_id is not None,
        lambda: Q(main_activity__isnull=True),
        essential=True,
    ),
    Requirement(
        "legal_family",
        _("Give the legal family."),
        6,
        "legal_family",
        lambda page: page.legal_family_id is not None,
        lambda: Q(legal_family__isnull=True),
    ),
    Requirement(
        "commune",
        _("Choose the commune."),
        12,
        "commune",
        lambda page: page.commune_id is not None,
        lambda: Q(commune__isnull=True),
        essential=True,
    ),
    Requirement(
        "point",
        _("Place the point on the map, more precisely than the commune."),
        6,
        "location",
        lambda page: page.latitude is not None and page.point_precision in PLACED,
        lambda: Q(latitude__isnull=True) | ~Q(point_precision__in=PLACED),
    ),
    Requirement(
        "served",
        _("Say which territories are served."),
        6,
        "served_territories",
        lambda page: bool(page.served_radius_km) or bool(page.served_areas.all()),
        _serves_nowhere,
    ),
    Requirement(
        "reachable",
        _("Give a public contact or a website, so that people can get in touch."),
        12,
        "contacts",
        _is_reachable,
        _unreachable,
        essential=True,
    ),
    Requirement(
        "cover",
        _("Add a cover image."),
        6,
        "cover",
        lambda page: page.cover_id is not None,
        lambda: Q(cover__isnull=True),
    ),
    Requirement(
        "number",
        _("Give the SIRET or RNA number."),
        4,
        "siret",
        lambda page: bool(page.siret or page.rna),
        lambda: Q(siret="", rna=""),
    ),
)

#: Relations to prefetch before ``completeness`` is asked of many pages.
RELATIONS = ("families", "contacts", "links", "served_areas")


def missing_information(page: InitiativePage) -> list[Requirement]:
    """Return what ``page`` lacks, the heaviest first; [] when nothing is missing."""
    missing = [requirement for requirement in REQUIREMENTS if not requirement.met_by(page)]
    return sorted(missing, key=lambda requirement: -requirement.weight)


def completeness(page: InitiativePage) -> int:
    """Return how complete ``page`` is, from 0 to 100."""
    return 100 - sum(requirement.weight for requirement in missing_information(page))


def essentials_missing() -> Condition:
    """Return the condition "something essential is missing" over listings."""
    condition: Any = Q(pk__in=[])
    for requirement in REQUIREMENTS:
        if requirement.essential:
            condition |= requirement.lacking()
    return condition


def incomplete(listings: InitiativeQuerySet) -> InitiativeQuerySet:
    """Keep the listings that lack something essential."""
    return listings.filter(essentials_missing())


def lacking(listings: InitiativeQuerySet, key: str) -> InitiativeQuerySet:
    """Keep the listings that lack the requirement ``key``; raises ``KeyError`` if unknown."""
    by_key = {requirement.key: requirement for requirement in REQUIREMENTS}
    return listings.filter(by_key[key].lacking())
