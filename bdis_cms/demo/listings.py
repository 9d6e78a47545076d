"""Loading of the demonstration's listings."""

from __future__ import annotations

import datetime
import math
import random
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone
from wagtail.signal_handlers import disable_reference_index_auto_update

from bdis_cms import services
from bdis_cms.demo.content import SOURCE, Calendar, DemoListing, demo_listings
from bdis_cms.demo.covers import suiting_scenes
from bdis_cms.demo.illustrations import Illustrations
from bdis_cms.importing.relations import index_references
from bdis_cms.importing.writing import load_clusters
from bdis_cms.models import (
    Activity,
    Commune,
    Family,
    InitiativeAgreement,
    InitiativeContact,
    InitiativeLink,
    InitiativePage,
    LegalStatus,
    LinkKind,
    PointPrecision,
    RegionPage,
    ServedArea,
    TerritoryLevel,
    Visibility,
)
from bdis_cms.nomenclature import shipped_rows
from bdis_cms.text import fold

Progress = Callable[[Iterable[DemoListing]], Iterable[DemoListing]]

SUSPENSION_REASON = (
    "Deux signalements concordants sur des prix affichés qui ne sont pas ceux pratiqués ; "
    "la structure a été invitée à répondre."
)
NEWS = "Nouveauté de la saison : l’accueil ouvre une heure plus tôt le samedi."


def listings_loaded() -> bool:
    """Whether the demonstration's listings were ever loaded: they are, or not, all together."""
    return InitiativePage.objects.filter(is_demo=True).exists()


@transaction.atomic
def load_listings(
    *,
    editors: Mapping[str, Any],
    pictures: Illustrations | None,
    progress: Progress = iter,
    today: datetime.date | None = None,
) -> int:
    """Create every listing and return their number; 0 when they were loaded before.

    ``editors`` are the users who own the listings, by code of region. Without ``pictures`` the
    listings have no cover. All or nothing: one transaction.
    """
    if listings_loaded():
        return 0
    loader = _Loader(editors, pictures, Calendar(today or timezone.localdate()))
    # Wagtail's own index of references is written once at the end: it is half of each save.
    with disable_reference_index_auto_update():
        pages = [loader.create(listing) for listing in progress(demo_listings())]
    index_references(load_clusters(pages))
    return len(pages)


class _Loader:
    def __init__(
        self, editors: Mapping[str, Any], pictures: Illustrations | None, calendar: Calendar
    ) -> None:
        self.editors = editors
        self.pictures = pictures
        self.calendar = calendar
        codes = {listing.commune for listing in demo_listings()}
        self.communes = {
            commune.code: commune
            for commune in Commune.objects.filter(code__in=codes).select_related(
                "department__region", "epci", "parent__epci"
            )
        }
        self.families = {family.code: family for family in Family.objects.all()}
        self.activities = {activity.code: activity for activity in Activity.objects.all()}
        self.statuses = {
            status.code: status for status in LegalStatus.objects.select_related("legal_family")
        }
        self.agreements = {row["code"]: row for row in shipped_rows("agreements")}
        self.parents = {page.region_id: page for page in RegionPage.objects.all()}
        self.slugs: set[tuple[int, str]] = {
            (page.pk, slug)
            for page in self.parents.values()
            for slug in page.get_children().values_list("slug", flat=True)
        }

    def create(self, listing: DemoListing) -> int:
        """Create the page of ``listing`` under its region; return its id."""
        rng = random.Random(listing.id)  # noqa: S311 - the same demonstration every time
        commune = self.communes[listing.commune]
        region = commune.department.region
        owner = self.editors.get(region.code)
        page = self._page(listing, commune, rng)
        page.owner = owner
        page.families = [self.families[code] for code in listing.families]
        page.activities = [self.activities[code] for code in listing.activities[1:]]
        page.tags.add(*listing.tags)
        page.contacts.set(self._contacts(listing))
        page.links.set(self._links(listing))
        page.agreements.set(list(self._agreements(listing, rng)))
        page.served_areas.set(self._areas(listing, commune))
        # Read again at each turn: adding a child moves the counters of its parent.
        RegionPage.objects.get(pk=self.parents[region.pk].pk).add_child(instance=page)
        self._settle(page, listing, owner)
        return page.pk

    def _page(self, listing: DemoListing, commune: Commune, rng: random.Random) -> InitiativePage:
        region = commune.department.region
        status = self.statuses[listing.status]
        latitude, longitude = self._point(commune, rng)
        live = listing.state != "draft"
        published = timezone.now() - datetime.timedelta(
            days=rng.randint(3, 700), minutes=rng.randint(0, 900)
        )
        page = InitiativePage(
            title=listing.title,
            slug=self._slug(listing, self.parents[region.pk]),
            acronym=listing.acronym,
            summary=listing.summary,
            description=listing.description,
            legal_family=status.legal_family,
            legal_status=status,
            main_activity=self.activities[listing.activities[0]] if listing.activities else None,
            address=listing.address,
            postcode=(commune.postcodes or " ").split(" ")[0],
            commune=commune,
            latitude=latitude,
            longitude=longitude,
            point_precision=(PointPrecision.STREET if listing.address else PointPrecision.COMMUNE),
            served_radius_km=listing.radius_km,
            opening_hours=listing.hours,
            founded_year=listing.year,
            workforce=listing.workforce,
            cover=self._cover(listing, region.name, rng),
            live=live,
            has_unpublished_changes=not live,
            first_published_at=published if live else None,
            last_published_at=published if live else None,
            source=SOURCE,
            external_id=listing.id,
            is_demo=True,
        )
        page.confirmed_on, page.charter_valid_until = self._days(listing, rng)
        return page

    def _days(
        self, listing: DemoListing, rng: random.Random
    ) -> tuple[datetime.date | None, datetime.date | None]:
        """Return the day of the last confirmation and the end of the adhesion."""
        recent, far = rng.randint(4, 330), rng.randint(40, 1000)
        match listing.state:
            case "draft":
                return None, None
            case "stale":
                return self.calendar.ago(rng.randint(760, 1300)), self.calendar.ahead(far)
            case "lapsed":
                return self.calendar.ago(380), self.calendar.ago(24)
            case _:
                return self.calendar.ago(recent), self.calendar.ahead(far)

    def _settle(self, page: InitiativePage, listing: DemoListing, owner: Any) -> None:
        """Bring the page to its state: suspended, under review, or with changes to approve."""
        if listing.state == "suspended":
            services.suspend(page, reason=SUSPENSION_REASON, user=owner)
        elif listing.state == "pending":
            page.description += f"<p>{NEWS}</p>"
            page.save_revision(user=owner)
        elif listing.state == "draft":
            page.save_revision(user=owner)
            workflow = page.get_workflow()
            if owner and workflow and listing.activities:
                workflow.start(page, owner)

    def _slug(self, listing: DemoListing, parent: RegionPage) -> str:
        slug = fold(listing.title).replace(" ", "-")[:90].strip("-")
        if (parent.pk, slug) in self.slugs:
            slug = f"{slug}-{fold(listing.place).replace(' ', '-')}"
        self.slugs.add((parent.pk, slug))
        return slug

    def _point(self, commune: Commune, rng: random.Random) -> tuple[float | None, float | None]:
        """Return a point within 350 m of the commune's, so that neighbours do not overlap."""
        if commune.latitude is None or commune.longitude is None:
            return None, None
        angle, metres = rng.uniform(0, 2 * math.pi), rng.uniform(60, 350)
        north = metres * math.cos(angle) / 111_320
        east = metres * math.sin(angle) / (111_320 * math.cos(math.radians(commune.latitude)))
        return round(commune.latitude + north, 5), round(commune.longitude + east, 5)

    def _cover(self, listing: DemoListing, region: str, rng: random.Random) -> Any:
        family = self.families[listing.families[0]]
        scene = listing.scene or rng.choice(suiting_scenes(family.code, family.hue))
        if self.pictures is None or not listing.address:
            return None
        main = {page.title for page in self.parents.values() if page.region.code in self.editors}
        return self.pictures.get(scene, family.hue, region if region in main else "")

    @staticmethod
    def _contacts(listing: DemoListing) -> list[InitiativeContact]:
        person = listing.contact
        return [
            InitiativeContact(
                role="Accueil",
                email=listing.general["email"],
                phone=listing.general["phone"],
                visibility=Visibility.PUBLIC,
            ),
            InitiativeContact(
                name=person["name"],
                role=person["role"],
                email=person["email"],
                visibility=person["visibility"],
            ),
        ]

    @staticmethod
    def _links(listing: DemoListing) -> list[InitiativeLink]:
        links = []
        if listing.website:
            links.append(InitiativeLink(kind=LinkKind.WEBSITE, url=listing.website))
        if listing.mastodon:
            links.append(InitiativeLink(kind=LinkKind.MASTODON, url=listing.mastodon))
        return links

    def _agreements(
        self, listing: DemoListing, rng: random.Random
    ) -> Iterable[InitiativeAgreement]:
        for code in listing.agreements:
            row = self.agreements[code]
            years = row["years"]
            young = (self.calendar.today.year - (listing.year or 2000)) < 3
            if young and row.get("years_young"):
                years = row["years_young"]
            start = datetime.date(self.calendar.today.year - rng.randint(0, (years or 3) - 1), 1, 1)
            end = datetime.date(start.year + years - 1, 12, 31) if years else None
            yield InitiativeAgreement(
                kind=row["kind"],
                label=row["label_fr"],
                authority=row["authority"],
                starts_on=start,
                ends_on=end,
            )

    @staticmethod
    def _areas(listing: DemoListing, commune: Commune) -> list[ServedArea]:
        epci = commune.epci or (commune.parent.epci if commune.parent else None)
        codes = {
            TerritoryLevel.COMMUNE: (commune.parent or commune).code,
            TerritoryLevel.EPCI: epci.code if epci else "",
            TerritoryLevel.DEPARTMENT: commune.department.code,
            TerritoryLevel.REGION: commune.department.region.code,
        }
        level = TerritoryLevel(listing.serves)
        if not codes[level]:  # no intermunicipality there: the département is the nearest
            level = TerritoryLevel.DEPARTMENT
        return [ServedArea(level=level, code=codes[level])]


def demo_editors(accounts: Iterable[Any]) -> dict[str, Any]:
    """Return the users behind regional ``accounts``, by code of region."""
    users = {user.get_username(): user for user in get_user_model().objects.all()}
    return {
        account.region: users[account.username]
        for account in accounts
        if account.region and account.username in users
    }
