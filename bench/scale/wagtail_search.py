"""Wagtail's own search with ``facet()`` for each facet, against our engine, on the same pages.

``python -m bench.scale.wagtail_search COUNT``: JSON on standard output.
"""

from __future__ import annotations

import json
import random
import sys
from typing import Any

QUERIES = 40
#: What can be counted of a page: Wagtail's ``facet()`` follows no relation, so that communes stand
#: for the region and for the département, and tags are left out.
FACETS = ("families", "main_activity_id", "legal_family_id", "commune_id")


def main(count: int) -> None:
    """Measure the directory of ``count`` listings on SQLite."""
    from bench.scale import directory

    directory.setup(count)
    from wagtail.search import index

    from bdis_cms.models import InitiativePage

    known = {field.field_name for field in InitiativePage.search_fields}
    InitiativePage.search_fields = [
        *InitiativePage.search_fields,
        *(index.FilterField(name) for name in FACETS if name not in known),
    ]
    _index(count)
    print(json.dumps(_measure()))


def _index(count: int) -> None:
    from django.core.management import call_command
    from wagtail.search.models import IndexEntry

    if IndexEntry.objects.count() < count * 0.9:
        call_command("update_index", verbosity=0)


def _measure() -> dict[str, Any]:
    from wagtail.search.backends import get_search_backend

    from bdis_cms.models import InitiativePage
    from bdis_search.engine import get_engine
    from bdis_search.query import Query
    from bench._corpus import WORDS
    from bench._measure import figures, side_by_side

    backend, engine = get_search_backend(), get_engine()

    def search_and_facets(text: str) -> int:
        found = backend.search(text, InitiativePage.objects.public())
        for name in FACETS:
            found.facet(name)
        return len(found[:20]) and found.count()

    chance = random.Random(7)
    texts = [" ".join(chance.sample(WORDS, chance.choice([1, 1, 2]))) for _ in range(QUERIES)]
    acts = [search_and_facets, lambda text: engine.search(Query(text=text))]
    side_by_side(acts, texts[:3])
    wagtail, ours = side_by_side(acts, texts)
    return {
        "pages": InitiativePage.objects.count(),
        "backend": type(backend).__module__,
        "wagtail_facets": len(FACETS),
        "wagtail": figures(wagtail),
        "engine_all_facets": figures(ours),
    }


if __name__ == "__main__":
    main(int(sys.argv[1]))
