"""Completion of what is being typed by titles and acronyms."""

from __future__ import annotations

import re

from tantivy import Occur, Order
from tantivy import Query as TantivyQuery

from bdis_search.analysis import content_words
from bdis_search.backends.tantivy.filtering import still_public
from bdis_search.backends.tantivy.matching import every, some, term
from bdis_search.backends.tantivy.schema import schema
from bdis_search.backends.tantivy.selection import today
from bdis_search.backends.tantivy.store import Opened
from bdis_search.query import Suggestion
from bdis_search.stemming import stem

_MOST_WORDS = 8


def completions(opened: Opened, text: str, limit: int) -> list[Suggestion]:
    """Return listings with every word of ``text``, the last one being perhaps unfinished."""
    words = content_words(text[:200])[:_MOST_WORDS]
    if not words or limit < 1:
        return []
    *finished, last = words
    searcher = opened.searcher
    begun = TantivyQuery.regex_query(schema(), "title_exact", re.escape(last) + ".*")
    selected = [
        *(some([term("title_stems", stem(word)), term("title_exact", word)]) for word in finished),
        some([begun, term("title_stems", stem(last))]),
    ]
    query = every([*selected, *still_public(today(), opened)])
    first = TantivyQuery.regex_query(schema(), "by_name", re.escape(" ".join(words)) + "(?s:.*)")
    # Titles that begin with what is typed come first, then the others; each by name.
    found: list[Suggestion] = []
    for selection in (
        [(Occur.Must, query), (Occur.Must, first)],
        [(Occur.Must, query), (Occur.MustNot, first)],
    ):
        if len(found) >= limit:
            break
        hits = searcher.search(
            TantivyQuery.boolean_query(selection),
            limit - len(found),
            count=False,
            order_by_field="by_name",
            order=Order.Asc,
        ).hits
        for _, address in hits:
            stored = searcher.doc(address)
            title, identifier = str(stored.get_first("title")), int(stored.get_first("id") or 0)
            found.append(Suggestion("listing", title, title, identifier))
    return found
