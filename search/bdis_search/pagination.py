"""Links between the pages of results of a search; ``MAX_RESULT`` of them are within reach."""

from __future__ import annotations

import math
from typing import Any

from django.core.paginator import Paginator

from bdis_search.links import SearchLinks
from bdis_search.params import MAX_RESULT
from bdis_search.query import Query


def pages_of(total: int, query: Query, links: SearchLinks) -> dict[str, Any] | None:
    """Return {"links": [(number, url)], …}; ``None`` for one page."""
    reachable = min(total, MAX_RESULT)
    if reachable <= query.page_size:
        return None
    paginator = Paginator(range(reachable), query.page_size)
    here = min(query.page, paginator.num_pages)
    return {
        "here": here,
        "last": paginator.num_pages,
        "previous": links.page(here - 1) if here > 1 else "",
        "next": links.page(here + 1) if here < paginator.num_pages else "",
        "links": [
            (number, links.page(number) if isinstance(number, int) else "")
            for number in paginator.get_elided_page_range(here, on_each_side=1, on_ends=1)
        ],
    }


def last_page_url(total: int, query: Query, links: SearchLinks) -> str:
    """Return the last page of results when ``query`` asks for one beyond it, else ""."""
    reachable = min(total, MAX_RESULT)
    if not reachable or query.offset < reachable:
        return ""
    return links.page(math.ceil(reachable / query.page_size))
