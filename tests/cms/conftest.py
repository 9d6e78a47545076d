"""Fixtures of the territories: the whole shipped gazetteer, loaded once."""

from __future__ import annotations

import pytest

from bdis_cms.gazetteer import forget


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
