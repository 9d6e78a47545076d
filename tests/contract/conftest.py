"""Engines under contract: add a line to have another one checked by the same suite."""

from __future__ import annotations

import pytest

from tests.contract.worlds import GAZETTEER, TODAY

ENGINES = ["tantivy"]


@pytest.fixture(params=ENGINES)
def contract_engine(request, tmp_path, monkeypatch):
    """An engine over an empty index, in the small world, on the day ``TODAY``."""
    from bdis_search import conditions

    monkeypatch.setattr(conditions, "gazetteer", lambda: GAZETTEER)
    if request.param == "tantivy":
        from bdis_search.backends.tantivy import Engine, completing, selection

        monkeypatch.setattr(selection, "today", lambda: TODAY)
        monkeypatch.setattr(completing, "today", lambda: TODAY)
        engine = Engine({"PATH": tmp_path / "index", "HEAP_MB": 30})
    engine.rebuild([])
    return engine
