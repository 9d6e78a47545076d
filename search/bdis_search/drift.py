"""Where an index and the database differ, both ways, and in what."""

from __future__ import annotations

import datetime
import time
from array import array
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field

from django.utils import timezone

from bdis_cms.models import InitiativePage
from bdis_search.building import build_documents, public_until
from bdis_search.documents import InitiativeDocument, fingerprint_has
from bdis_search.engine import engines
from bdis_search.models import EngineState, IndexCheck, IndexTask

Watch = Callable[[Iterable[InitiativeDocument]], Iterable[InitiativeDocument]]

#: Listings of each kind that are remembered by name, for the admin and the commands.
SHOWN = 100
_SIGN_OF_LIFE_S = 2.0
_AT_ONCE = 1_000
#: Differences that are looked at once more when the site changed meanwhile; more are no accident.
_LOOKED_AT_AGAIN = 10_000


@dataclass(slots=True)
class Drift:
    """Ids of the listings on which an index and the database differ.

    ``fields`` counts by name the fields that differ, ``named`` tells which for the first stale
    listings.
    """

    checked: int = 0
    missing: array[int] = field(default_factory=lambda: array("q"))
    not_public: array[int] = field(default_factory=lambda: array("q"))
    stale: array[int] = field(default_factory=lambda: array("q"))
    fields: Counter[str] = field(default_factory=Counter)
    named: dict[int, list[str]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.missing or self.not_public or self.stale)

    def __len__(self) -> int:
        return len(self.missing) + len(self.not_public) + len(self.stale)

    @property
    def ids(self) -> list[int]:
        """Every listing to index anew."""
        return sorted({*self.missing, *self.not_public, *self.stale})

    @property
    def numbers(self) -> dict[str, int]:
        """How many of each kind."""
        return {
            "checked": self.checked,
            "missing": len(self.missing),
            "not_public": len(self.not_public),
            "stale": len(self.stale),
        }

    def as_json(self, limit: int = SHOWN) -> dict[str, object]:
        """Return the numbers, the fields that differ, and the first ``limit`` of each kind."""
        return {
            **self.numbers,
            "fields": dict(self.fields.most_common()),
            "ids": {
                "missing": list(self.missing[:limit]),
                "not_public": list(self.not_public[:limit]),
                "stale": {str(key): self.named.get(key, []) for key in self.stale[:limit]},
            },
        }


def find_drift(role: str, watch: Watch = lambda documents: documents) -> Drift:
    """Compare the index of an engine with the public listings, and remember what was found.

    ``watch`` sees every document pass. Raises ``SearchEngineError`` when the engine is away,
    ``UnderWay`` when some process is comparing already.
    """
    began = timezone.now()
    check = IndexCheck.begin(role, InitiativePage.objects.public().count())
    try:
        drift = compared(role, lambda: _told(watch(build_documents()), check))
        if drift and len(drift) <= _LOOKED_AT_AGAIN and _changed_since(role, began):
            drift = _still(role, drift)
    finally:
        check.end()
    EngineState.objects.update_or_create(
        engine=role, defaults={"checked_at": timezone.now(), "drift": drift.as_json()}
    )
    return drift


class _Unordered(Exception):
    """An engine gave its fingerprints in no order."""


def compared(
    role: str,
    documents: Callable[[], Iterable[InitiativeDocument]],
    only: Collection[int] | None = None,
) -> Drift:
    """Walk through the index and the documents side by side: neither is held in memory."""

    def indexed() -> Iterable[tuple[int, str]]:
        pairs = engines()[role].fingerprints()
        return pairs if only is None else (pair for pair in pairs if pair[0] in only)

    try:
        return _side_by_side(_ascending(indexed()), documents())
    except _Unordered:
        return _side_by_side(iter(sorted(indexed())), documents())


def _ascending(pairs: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    last = 0
    for pair in pairs:
        if pair[0] < last:
            raise _Unordered
        last = pair[0]
        yield pair


def _side_by_side(
    indexed: Iterator[tuple[int, str]], documents: Iterable[InitiativeDocument]
) -> Drift:
    drift = Drift()
    extra: dict[int, str] = {}
    here = next(indexed, None)
    for document in documents:
        drift.checked += 1
        while here and here[0] < document.id:
            _note_extra(drift, extra, here)
            here = next(indexed, None)
        if here is None or here[0] > document.id:
            drift.missing.append(document.id)
            continue
        if here[1] != document.fingerprint:
            differing = document.differing(here[1])
            drift.stale.append(document.id)
            drift.fields.update(differing)
            if len(drift.named) < SHOWN:
                drift.named[document.id] = differing
        here = next(indexed, None)
    while here:
        _note_extra(drift, extra, here)
        here = next(indexed, None)
    _settle(drift, extra)
    return drift


def _note_extra(drift: Drift, extra: dict[int, str], pair: tuple[int, str]) -> None:
    extra[pair[0]] = pair[1]
    if len(extra) >= _AT_ONCE:
        _settle(drift, extra)


def _settle(drift: Drift, extra: dict[int, str]) -> None:
    """Count what should have left the index; what merely lapsed, as it knows, is never shown."""
    long_ago = datetime.datetime.fromtimestamp(0, datetime.UTC)
    lapsing = InitiativePage.objects.public(on=long_ago.date(), now=long_ago)
    until = {
        page.pk: public_until(page)
        for page in lapsing.filter(pk__in=extra).only("charter_valid_until", "expire_at")
    }
    for identifier, fingerprint in extra.items():
        day = until.get(identifier)
        if day is None or not fingerprint_has(fingerprint, "public_until", day):
            drift.not_public.append(identifier)
    extra.clear()


def _told(
    documents: Iterable[InitiativeDocument], check: IndexCheck
) -> Iterator[InitiativeDocument]:
    last = time.monotonic()
    for done, document in enumerate(documents, 1):
        yield document
        if time.monotonic() - last > _SIGN_OF_LIFE_S:
            last = time.monotonic()
            check.beat(done)


def _changed_since(role: str, began: datetime.datetime) -> bool:
    """Whether changes reached the index meanwhile, or wait to: they look like drift."""
    return (
        EngineState.objects.filter(engine=role, drained_at__gte=began).exists()
        or IndexTask.objects.filter(engine=role).exists()
    )


def _still(role: str, drift: Drift) -> Drift:
    """Look again at what differed."""
    ids = drift.ids
    again = compared(role, lambda: build_documents(ids), frozenset(ids))
    again.checked = drift.checked
    return again
