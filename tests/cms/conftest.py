"""Fixtures of the territories: the whole shipped gazetteer, loaded once."""

from __future__ import annotations

import pytest
from django.db import transaction

from bdis_cms.gazetteer import forget
from bdis_cms.gazetteer.index import Gazetteer
from bdis_cms.gazetteer.loading import load_territories
from bdis_cms.gazetteer.store import build_gazetteer


@pytest.fixture(scope="session")
def shipped_gazetteer(django_db_setup, django_db_blocker) -> Gazetteer:
    """Every territory of the shipped tables, in memory; the database is left empty."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_territories()
        gazetteer = build_gazetteer()
        transaction.set_rollback(True)
    forget()
    return gazetteer


@pytest.fixture
def whole_country(shipped_gazetteer, monkeypatch) -> Gazetteer:
    """Have every function of the gazetteer answer from the shipped tables."""
    for module in ("search", "matching", "hierarchy", "geocoding"):
        monkeypatch.setattr(f"bdis_cms.gazetteer.{module}.gazetteer", lambda: shipped_gazetteer)
    return shipped_gazetteer


@pytest.fixture
def import_source(site_tree, tmp_path):
    """A source of listings to import, with the few terms of nomenclature that it uses."""
    from tests.cms.import_samples import Source
    from tests.factories import ActivityFactory, FamilyFactory, LegalFamilyFactory

    for code in ("amap", "repair-cafe"):
        FamilyFactory(code=code)
    for code in ("reparation", "velos"):
        ActivityFactory(code=code)
    LegalFamilyFactory(code="association")
    forget()
    yield Source(tmp_path)
    forget()
