"""Where an index and the database differ, both ways, and in what."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.utils import timezone

from bdis_cms.models import InitiativePage
from bdis_search.building import build_documents
from bdis_search.documents import InitiativeDocument
from bdis_search.engine import engines
from bdis_search.models import EngineState

Watch = Callable[[Iterable[InitiativeDocument]], Iterable[InitiativeDocument]]


@dataclass(slots=True)
class Drift:
    """Ids of the listings on which an index and the database differ.

    ``stale`` tells which fields differ: {id: names of fields}.
    """

    checked: int = 0
    missing: list[int] = field(default_factory=list)
    not_public: list[int] = field(default_factory=list)
    stale: dict[int, list[str]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.missing or self.not_public or self.stale)

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


def find_drift(role: str, watch: Watch = lambda documents: documents) -> Drift:
    """Compare the index of an engine with the public listings, and remember what was found.

    ``watch`` sees every document pass. Raises ``SearchEngineError`` when the engine is away.
    """
    indexed = dict(engines()[role].fingerprints())
    drift = Drift()
    for document in watch(build_documents()):
        drift.checked += 1
        found = indexed.pop(document.id, None)
        if found is None:
            drift.missing.append(document.id)
        elif found != document.fingerprint:
            drift.stale[document.id] = document.differing(found)
    drift.not_public = _not_lapsed(indexed.keys())
    EngineState.objects.update_or_create(
        engine=role, defaults={"checked_at": timezone.now(), "drift": drift.numbers}
    )
    return drift


def _not_lapsed(extra: Iterable[int]) -> list[int]:
    """Return ids that should have left; those that merely lapsed are never shown."""
    ids = list(extra)
    lapsed: set[int] = set()
    for start in range(0, len(ids), 1000):
        some = ids[start : start + 1000]
        lapsed.update(
            InitiativePage.objects.live()
            .filter(pk__in=some, suspended_at__isnull=True, charter_valid_until__isnull=False)
            .exclude(pk__in=InitiativePage.objects.public().values("pk"))
            .filter(view_restrictions__isnull=True)
            .values_list("pk", flat=True)
        )
    return sorted(set(ids) - lapsed)
