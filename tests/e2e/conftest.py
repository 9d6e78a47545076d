"""A small directory in a real browser; skipped where Chromium is missing."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from bdis_search.outbox import rebuild_index
from tests.factories import (
    ActivityFactory,
    FamilyFactory,
    InitiativePageFactory,
    LegalFamilyFactory,
)

# The browser's driver runs an event loop in the thread of the tests; the database is theirs alone.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

# A busy machine answers late: what a page is about to show is waited for, not looked at once.
expect.set_options(timeout=20_000)

CHROMIUM = (
    os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
)
LONG_NAME = "Association pour le maintien d’une agriculture paysanne de la vallée de l’Ubaye"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Try once more what failed in a browser: a busy machine is told apart from a fault ("R")."""
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, without a window."""
    if not CHROMIUM:
        pytest.skip("Chromium is not installed (or not named by CHROMIUM)")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def directory(live_server, site_tree, territories, engine) -> SimpleNamespace:
    """Twenty-five public listings with long names, behind a live server."""
    amap = FamilyFactory(code="amap", label_fr="AMAP", hue=1, icon="carrot")
    repair = FamilyFactory(code="repair-cafe", label_fr="Repair café", hue=2, icon="wrench")
    food = ActivityFactory(code="alimentation", label_fr="Alimentation")
    vegetables = ActivityFactory(code="alimentation.legumes", label_fr="Légumes", parent=food)
    association = LegalFamilyFactory(code="association", label_fr="Associations")
    communes = [territories.die, territories.chatillon, territories.valence, territories.avignon]
    listings = [
        InitiativePageFactory(
            title=f"{LONG_NAME}, groupe {number}" if number % 2 else f"Atelier vélo {number}",
            summary="On y répare des vélos, on y partage des légumes et des savoir-faire.",
            description="<p>Ouvert à toutes et à tous.</p>",
            commune=communes[number % len(communes)],
            families=[amap if number % 2 else repair],
            activities=[vegetables],
            legal_family=association,
            tags=["entraide"],
            opening_hours="Mardi, 14 h – 19 h",
            served=["department:26"],
        )
        for number in range(25)
    ]
    rebuild_index()
    return SimpleNamespace(
        url=live_server.url, listing=listings[1], region=site_tree.aura, listings=listings
    )


@pytest.fixture
def visit(browser, directory) -> Iterator:
    """Open an address of the site in a fresh context; what went wrong is on ``page.faults``."""
    contexts: list[BrowserContext] = []

    def open_page(path: str, *, width: int = 1280, height: int = 900, **options) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        faults: list[str] = []
        page.on("console", lambda m: m.type in ("error", "warning") and faults.append(m.text))
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on(
            "request",
            lambda r: r.url.startswith((directory.url, "data:", "blob:")) or faults.append(r.url),
        )
        page.faults = faults
        page.goto(directory.url + path, wait_until="networkidle")
        return page

    yield open_page
    for context in contexts:
        context.close()
    # What a page no longer waited for is still being answered: the database is left to it.
    for thread in threading.enumerate():
        if "process_request_thread" in thread.name:
            thread.join(timeout=10)


@pytest.fixture
def addresses(directory) -> dict[str, str]:
    """The pages that every check goes through."""
    return {
        "home": "/",
        "search": "/recherche/?ou=Valence&radius=50",
        "nothing found": "/recherche/?q=introuvable&ou=Die",
        "map": "/carte/",
        "listing": directory.listing.url,
        "region": directory.region.url,
        "nomenclature": "/nomenclature/",
        "activity": "/nomenclature/activites/alimentation/",
        "unknown": "/nulle-part/",
    }
