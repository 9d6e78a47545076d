"""Completion of what is being typed by titles and acronyms."""

from __future__ import annotations

from elasticsearch.dsl import Q, Search
from elasticsearch.dsl import query as es

from bdis_search.analysis import content_words
from bdis_search.backends.elasticsearch.selection import still_public
from bdis_search.backends.elasticsearch.store import Store
from bdis_search.query import Suggestion
from bdis_search.stemming import stem

_MOST_WORDS = 8
_MOST = 1_000


def completions(store: Store, text: str, limit: int) -> list[Suggestion]:
    """Return listings with every word of ``text``, the last one being perhaps unfinished."""
    words = content_words(text[:200])[:_MOST_WORDS]
    if not words or limit < 1:
        return []
    query = es.Bool(
        filter=[*_begun(words), Q(still_public())],
        # Titles that begin with what is typed come first, then the others; each by name.
        should=[es.ConstantScore(filter=es.Prefix(by_name=" ".join(words)))],
    )
    search = Search().query(query).sort("_score", "by_name")
    search = search.extra(size=min(limit, _MOST), track_total_hits=False)
    search = search.extra(docvalue_fields=["id", "title"], stored_fields="_none_")
    found = [
        (hit["fields"]["title"][0], int(hit["fields"]["id"][0]))
        for hit in store.search(search.to_dict())["hits"]["hits"]
    ]
    return [Suggestion("listing", title, title, identifier) for title, identifier in found]


def _begun(words: list[str]) -> list[es.Query]:
    *finished, last = words
    ways: list[list[es.Query]] = [
        [es.Term(title_stems=stem(word)), es.Term(title_exact=word)] for word in finished
    ]
    ways.append([es.Prefix(title_exact=last), es.Term(title_stems=stem(last))])
    return [es.Bool(should=way) for way in ways]
