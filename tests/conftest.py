"""Fixtures shared by all tests."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction

from bdis_cms import remembering
from tests.factories import (
    CommuneFactory,
    DepartmentFactory,
    EpciFactory,
    HomePageFactory,
    RegionFactory,
    RegionIndexPageFactory,
    RegionPageFactory,
)

pytest_plugins = [
    "tests.contract.plugin",
    "tests.elasticsearch.fixtures",
    "tests.evaluation.flushing",
]

ROOT = Path(__file__).resolve().parents[1]
NO_REFERENCE_DATA = "the reference data (BDIS_SHARED_DATA or ../shared/data) is not here"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of the reference data beside the project; skips where it is absent."""
    folder = Path(os.environ.get("BDIS_SHARED_DATA") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(NO_REFERENCE_DATA)
    return folder


@pytest.fixture(autouse=True)
def _synonyms_without_a_database(request, monkeypatch) -> None:
    """Go by the shipped synonyms where a test has no database: a site's own are in it."""
    marked = request.node.get_closest_marker("django_db")
    if not marked and not {"db", "transactional_db"} & set(request.fixturenames):
        from bdis_search import synonyms

        monkeypatch.setattr(synonyms, "_in_force", synonyms.shipped_synonyms)


@pytest.fixture(scope="session")
def shipped_gazetteer(django_db_setup, django_db_blocker) -> Any:
    """Every territory of the shipped tables, in memory; the database is left empty."""
    from bdis_cms.gazetteer import forget
    from bdis_cms.gazetteer.loading import load_territories
    from bdis_cms.gazetteer.store import build_gazetteer

    with django_db_blocker.unblock(), transaction.atomic():
        load_territories()
        gazetteer = build_gazetteer()
        transaction.set_rollback(True)
    forget()
    return gazetteer


@pytest.fixture
def whole_country(shipped_gazetteer, monkeypatch) -> Any:
    """Have every function of the gazetteer answer from the shipped tables."""
    for module in ("search", "matching", "hierarchy", "geocoding"):
        monkeypatch.setattr(f"bdis_cms.gazetteer.{module}.gazetteer", lambda: shipped_gazetteer)
    return shipped_gazetteer


@pytest.fixture
def remembering_for_a_minute(settings) -> Iterator[None]:
    """Remember what every page shows, as a site does and tests do not."""
    settings.BDIS_REMEMBER_SECONDS = 60
    remembering.forget_all()
    yield
    remembering.forget_all()


@pytest.fixture
def territories(db) -> SimpleNamespace:
    """A small true territory: two regions, three départements, two EPCI, six communes."""
    aura = RegionFactory(code="84", name="Auvergne-Rhône-Alpes")
    paca = RegionFactory(code="93", name="Provence-Alpes-Côte d’Azur")
    drome = DepartmentFactory(code="26", name="Drôme", region=aura)
    rhone = DepartmentFactory(code="69", name="Rhône", region=aura)
    vaucluse = DepartmentFactory(code="84", name="Vaucluse", region=paca)
    diois = EpciFactory(code="242600534", name="CC du Diois")
    lyon_metropole = EpciFactory(code="200046977", name="Métropole de Lyon", kind="METLYON")

    def commune(code, name, department, lat, lon, postcodes, epci=None, parent=None, people=1000):
        return CommuneFactory(
            code=code,
            name=name,
            department=department,
            epci=epci,
            parent=parent,
            latitude=lat,
            longitude=lon,
            postcodes=postcodes,
            population=people,
        )

    lyon = commune(
        "69123", "Lyon", rhone, 45.758, 4.8351, "69001 69002 69003", lyon_metropole, people=520000
    )
    return SimpleNamespace(
        aura=aura,
        paca=paca,
        drome=drome,
        rhone=rhone,
        vaucluse=vaucluse,
        diois=diois,
        lyon_metropole=lyon_metropole,
        die=commune("26113", "Die", drome, 44.7536, 5.3703, "26150", diois, people=4700),
        chatillon=commune(
            "26086", "Châtillon-en-Diois", drome, 44.6946, 5.4836, "26410", diois, people=600
        ),
        valence=commune("26362", "Valence", drome, 44.9256, 4.9096, "26000", people=64000),
        lyon=lyon,
        lyon_3=commune(
            "69383", "Lyon 3e Arrondissement", rhone, 45.7535, 4.8695, "69003", parent=lyon
        ),
        avignon=commune("84007", "Avignon", vaucluse, 43.9416, 4.8333, "84000", people=91000),
    )


@pytest.fixture
def site_tree(territories) -> SimpleNamespace:
    """The default site: home page, list of regions, one page for each region."""
    from wagtail.models import Site

    home = HomePageFactory()
    regions = RegionIndexPageFactory(parent=home)
    Site.objects.all().delete()
    site = Site.objects.create(
        hostname="localhost", port=80, root_page=home, is_default_site=True, site_name="BDIS"
    )
    return SimpleNamespace(
        site=site,
        home=home,
        regions=regions,
        aura=RegionPageFactory(region=territories.aura),
        paca=RegionPageFactory(region=territories.paca),
    )


@pytest.fixture
def engine(settings, tmp_path):
    """A search engine with an index of its own, empty and ready."""
    from bdis_search.engine import engines, get_engine

    settings.BDIS_SEARCH = {
        "BACKEND": "bdis_search.backends.tantivy",
        "OPTIONS": {"PATH": tmp_path / "index"},
    }
    engine = get_engine()
    engine.rebuild([])
    yield engine
    engines.cache_clear()
    get_engine.cache_clear()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI, fail when a test was skipped for another reason than missing reference data."""
    if _skipped_in_ci(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(config: pytest.Config) -> None:
    """Say that it failed for that reason, which may be the only one."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    for reason in _skipped_in_ci(config):
        reporter.write_line(f"In CI no test may be skipped: {reason}", red=True)


def _skipped_in_ci(config: pytest.Config) -> list[str]:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if not os.environ.get("CI") or reporter is None:
        return []
    reasons = {str(report.longrepr[2]) for report in reporter.stats.get("skipped", ())}
    return sorted(reason for reason in reasons if "BDIS_SHARED_DATA" not in reason)
