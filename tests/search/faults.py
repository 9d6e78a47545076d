"""A small directory, what befalls it, and whether it is sound after that."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db import transaction
from django.test import Client

from bdis_cms.models import Commune, InitiativePage
from bdis_cms.signals import listings_changed
from bdis_search import outbox
from bdis_search.building import build_documents
from bdis_search.drift import find_drift
from bdis_search.engine import get_engine
from bdis_search.models import IndexRebuild, IndexTask
from bdis_search.query import Query
from tests.factories import (
    CommuneFactory,
    DepartmentFactory,
    HomePageFactory,
    InitiativePageFactory,
    RegionFactory,
    RegionPageFactory,
)
from tests.search.processes import World, say, wait

LISTINGS = 60
ADDRESSES = (
    "/",
    "/recherche/",
    "/recherche/?q=atelier",
    "/carte/",
    "/api/v1/initiatives?q=atelier",
    "/api/v1/map?zoom=6",
    "/api/v1/suggest?q=ate",
)


def tantivy(folder: Path) -> dict[str, Any]:
    options = {"PATH": str(folder / "index"), "HEAP_MB": 32, "LOCK_TIMEOUT": 20}
    return {"BACKEND": "bdis_search.backends.tantivy", "OPTIONS": options}


def furnish() -> None:
    from wagtail.models import Site

    home = HomePageFactory()
    Site.objects.all().delete()
    Site.objects.create(hostname="localhost", port=80, root_page=home, is_default_site=True)
    drome = DepartmentFactory(
        code="26", region=RegionFactory(code="84", name="Auvergne-Rhône-Alpes")
    )
    die_town = CommuneFactory(code="26113", name="Die", department=drome)
    RegionPageFactory(region=drome.region)
    with worker_mode():
        for number in range(LISTINGS):
            InitiativePageFactory(title=f"Atelier {number}", commune=die_town)
    IndexTask.objects.all().delete()


class worker_mode:  # noqa: N801 - reads as what it is, a context
    """Within it, changes are left to a worker."""

    def __enter__(self) -> None:
        from django.conf import settings

        settings.BDIS_SEARCH_DRAIN = "worker"

    def __exit__(self, *error: object) -> None:
        from django.conf import settings

        settings.BDIS_SEARCH_DRAIN = "inline"


def edit(word: str, *, drain: str = "worker") -> None:
    """Change every listing: most are renamed, one goes, one comes."""
    from django.conf import settings

    settings.BDIS_SEARCH_DRAIN = drain
    pages = list(InitiativePage.objects.public().order_by("pk"))
    with transaction.atomic():
        for page in pages[:-1]:
            InitiativePage.objects.filter(pk=page.pk).update(title=f"Atelier {word} {page.pk}")
        listings_changed.send(sender=None, page_ids=[page.pk for page in pages[:-1]])
    pages[-1].delete()
    InitiativePageFactory(
        title=f"Atelier {word}",
        slug=uuid.uuid4().hex,  # processes count for themselves
        commune=Commune.objects.get(code="26113"),
    )


def pages_answer() -> list[tuple[str, int]]:
    """Return the addresses that answer neither a page nor, while no engine does, a 503."""
    client = Client(raise_request_exception=False)
    answers = [(address, client.get(address).status_code) for address in ADDRESSES]
    return [answer for answer in answers if answer[1] not in (200, 503)]


def drained() -> dict[str, Any]:
    """Drain, compare, and return what there is to see."""
    done = outbox.drain(patience=5)
    drift = find_drift("primary")
    return {
        "done": done,
        "drift": drift.numbers | {"checked": 0},
        "waiting": IndexTask.objects.count(),
        "rebuilds": IndexRebuild.objects.count(),
        "total": get_engine().search(Query(text="atelier")).total,
        "pages": pages_answer(),
    }


def total(text: str = "atelier") -> int:
    return get_engine().search(Query(text=text)).total


SOUND = {
    "drift": {"checked": 0, "missing": 0, "not_public": 0, "stale": 0},
    "waiting": 0,
    "rebuilds": 0,
    "total": LISTINGS,
    "pages": [],
}


def sound(world: World) -> bool:
    """Drain in another process; whether nothing is lost and every page answers."""
    found = world.run(drained)
    found.pop("done")
    assert found == SOUND
    return True


def slow_rebuild() -> None:
    def documents() -> Iterator[Any]:
        for number, document in enumerate(build_documents()):
            if number == LISTINGS // 2:
                say("half-way")
                wait()
            yield document

    outbox.rebuild_index(documents())
