"""Documents from the database, in bulk: a constant number of queries for a batch."""

from __future__ import annotations

import html
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.html import strip_tags

from bdis_cms.completeness import RELATIONS, completeness
from bdis_cms.gazetteer import gazetteer
from bdis_cms.gazetteer.index import Gazetteer
from bdis_cms.models import (
    Activity,
    Commune,
    CommuneAlias,
    Family,
    InitiativeAgreement,
    InitiativePage,
    InitiativeTag,
    LegalFamily,
    LegalStatus,
)
from bdis_search.documents import InitiativeDocument
from bdis_search.facets import Facet, custom_facets
from bdis_search.geography import served
from bdis_search.query import Point

BATCH = 500


def build_documents(page_ids: Iterable[int] | None = None) -> Iterator[InitiativeDocument]:
    """Yield the documents of the public listings among ``page_ids`` (all of them by default)."""
    if page_ids is None:
        page_ids = _public_ids()
    ids = iter(page_ids)
    terms: _Terms | None = None
    while batch := list(islice(ids, BATCH)):
        terms = terms or _Terms.load()
        listings = InitiativePage.objects.public().filter(pk__in=batch).order_by("pk")
        pages = list(listings.prefetch_related(*RELATIONS))
        facts = _Facts.load([page.pk for page in pages], pages, terms)
        for page in pages:
            yield _document(page, facts)


def _public_ids() -> Iterator[int]:
    # By keys rather than through a cursor: SQLite refuses to write while one is open and another
    # process has written, and a rebuild lasts for minutes.
    last = 0
    ids = InitiativePage.objects.public().order_by("pk").values_list("pk", flat=True)
    while batch := list(ids.filter(pk__gt=last)[:BATCH]):
        yield from batch
        last = batch[-1]


@dataclass(frozen=True)
class _Word:
    """A term of a classification as a document needs it."""

    code: str
    names: tuple[str, ...]
    path: str = ""


@dataclass(frozen=True)
class _Terms:
    """The classifications, by primary key; activities by path too, to find their ancestors."""

    families: dict[int, _Word]
    activities: dict[int, _Word]
    activities_by_path: dict[str, _Word]
    legal_families: dict[int, _Word]
    legal_statuses: dict[int, _Word]

    @classmethod
    def load(cls) -> _Terms:
        activities = {
            term.pk: _Word(term.code, _names(term), term.path) for term in Activity.objects.all()
        }

        def words(queryset: QuerySet) -> dict[int, _Word]:
            return {term.pk: _Word(term.code, _names(term)) for term in queryset}

        return cls(
            families=words(Family.objects.all()),
            activities=activities,
            activities_by_path={word.path: word for word in activities.values()},
            legal_families=words(LegalFamily.objects.all()),
            legal_statuses=words(LegalStatus.objects.all()),
        )

    def with_ancestors(self, activity: _Word) -> list[_Word]:
        """Return the activity, then what it belongs to, nearest first."""
        step = Activity.steplen
        paths = [activity.path[:end] for end in range(len(activity.path), 0, -step)]
        return [self.activities_by_path[path] for path in paths if path in self.activities_by_path]


def _names(term: Any) -> tuple[str, ...]:
    plural = getattr(term, "plural_fr", "")
    names = (term.label_fr, plural, term.label_en, *term.synonyms.splitlines())
    return tuple(dict.fromkeys(name.strip() for name in names if name.strip()))


@dataclass(frozen=True)
class _Facts:
    """What belongs to the pages of a batch, by page."""

    terms: _Terms
    activities: dict[int, list[int]]
    tags: dict[int, list[tuple[str, str]]]
    agreements: dict[int, list[str]]
    communes: dict[int, Commune]
    aliases: dict[int, list[str]]
    facets: list[Facet]
    places: Gazetteer

    @classmethod
    def load(cls, ids: list[int], pages: list[InitiativePage], terms: _Terms) -> _Facts:
        communes = Commune.objects.select_related(
            "department__region", "department__former_region", "epci", "parent__epci"
        ).in_bulk({page.commune_id for page in pages if page.commune_id})
        return cls(
            terms=terms,
            activities=_grouped(
                InitiativePage.activities.through.objects.filter(
                    initiativepage_id__in=ids
                ).values_list("initiativepage_id", "activity_id")
            ),
            tags=_grouped(
                InitiativeTag.objects.filter(content_object_id__in=ids)
                .order_by("tag__name")
                .values_list("content_object_id", "tag__slug", "tag__name"),
                lambda row: (row[1], row[2]),
            ),
            agreements=_grouped(
                InitiativeAgreement.objects.filter(page_id__in=ids).order_by("pk"),
                str,
                lambda row: row.page_id,
            ),
            communes=communes,
            aliases=_grouped(
                CommuneAlias.objects.filter(commune_id__in=communes).values_list(
                    "commune_id", "name"
                )
            ),
            facets=list(custom_facets().values()),
            places=gazetteer(),
        )


def _grouped(
    rows: Iterable[Any],
    value: Callable[[Any], Any] = lambda row: row[1],
    key: Callable[[Any], int] = lambda row: row[0],
) -> dict[int, list[Any]]:
    groups: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(value(row))
    return groups


def _document(page: InitiativePage, facts: _Facts) -> InitiativeDocument:
    terms = facts.terms
    families = [terms.families[family.pk] for family in page.families.all()]
    activity_ids = dict.fromkeys([page.main_activity_id, *facts.activities.get(page.pk, ())])
    activities = [terms.activities[pk] for pk in activity_ids if pk in terms.activities]
    rolled_up = {word.code: word for own in activities for word in terms.with_ancestors(own)}
    legal_family = terms.legal_families.get(page.legal_family_id or 0)
    legal_status = terms.legal_statuses.get(page.legal_status_id or 0)
    tags = facts.tags.get(page.pk, [])
    commune = facts.communes.get(page.commune_id or 0)
    seat = _seat(page, commune)
    reach = served(
        facts.places,
        [f"{area.level}:{area.code}" for area in page.served_areas.all()],
        commune.code if commune else "",
        seat,
        page.served_radius_km,
    )
    keywords = [
        *(name for word in (*families, *activities) for name in word.names),
        *(word.names[0] for word in rolled_up.values()),
        *(word.names[0] for word in (legal_family, legal_status) if word),
        *facts.agreements.get(page.pk, ()),
    ]
    document = InitiativeDocument(
        id=page.pk,
        title=page.title,
        acronym=page.acronym,
        summary=page.summary,
        body=_text_of(page.description),
        keywords="\n".join(dict.fromkeys(keywords)),
        tags=tuple(slug for slug, _ in tags),
        tag_names=tuple(name for _, name in tags),
        place_names=_place_names(page, commune, facts),
        families=tuple(sorted(word.code for word in families)),
        legal_family=legal_family.code if legal_family else "",
        activities=tuple(sorted(rolled_up)),
        region=commune.department.region.code if commune else "",
        department=commune.department.code if commune else "",
        epci=_epci_code(commune),
        commune=commune.code if commune else "",
        parent_commune=commune.parent.code if commune and commune.parent else "",
        served_regions=reach.regions,
        served_departments=reach.departments,
        served_areas=reach.areas,
        served_touches=reach.touches,
        lat=seat.lat if seat else None,
        lon=seat.lon if seat else None,
        confirmed=_checked_on(page),
        public_until=public_until(page),
        completeness=completeness(page),
        extra=tuple(
            (facet.name, tuple(dict.fromkeys(str(value) for value in facet.values_of(page))))
            for facet in facts.facets
        ),
    )
    return replace(document, fingerprint=document.hashed())


def _seat(page: InitiativePage, commune: Commune | None) -> Point | None:
    """Return the point of the listing, else the centre of its commune."""
    for place in (page, commune):
        if place and place.latitude is not None and place.longitude is not None:
            return Point(place.latitude, place.longitude)
    return None


def _epci_code(commune: Commune | None) -> str:
    """Return the EPCI of a commune; an arrondissement is in that of its commune."""
    if commune is None:
        return ""
    epci = commune.epci or (commune.parent and commune.parent.epci)
    return epci.code if epci else ""


def _place_names(page: InitiativePage, commune: Commune | None, facts: _Facts) -> str:
    names = [page.postcode]
    if commune:
        department = commune.department
        names += [commune.name, *facts.aliases.get(commune.pk, ()), department.name]
        names += [place.name for place in (commune.parent, commune.epci) if place]
        names.append(department.region.name)
        if department.former_region:
            names.append(department.former_region.name)
        if not page.postcode and " " not in commune.postcodes:
            names.append(commune.postcodes)
    return "\n".join(dict.fromkeys(name for name in names if name))


def _text_of(rich_text: str) -> str:
    return " ".join(html.unescape(strip_tags(rich_text.replace("<", " <"))).split())


def public_until(page: InitiativePage) -> int:
    """Ordinal of the last day on which the page is public: of its adhesion, or of its expiry."""
    days = [page.charter_valid_until] if page.charter_valid_until else []
    if page.expire_at:
        days.append(timezone.localtime(page.expire_at).date())
    return min(days).toordinal() if page.charter_valid_until else 0


def _checked_on(page: InitiativePage) -> int:
    """Ordinal of the last confirmation, else of publication: its facts were read that day."""
    if page.confirmed_on:
        return page.confirmed_on.toordinal()
    published = page.first_published_at
    return timezone.localtime(published).toordinal() if published else 0
