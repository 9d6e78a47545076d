"""An index built anew beside the one that serves, while changes go on."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Iterator

from django.utils import timezone

from bdis_cms.models import InitiativePage
from bdis_search.backends.base import IndexMissing, SearchEngineError
from bdis_search.building import build_documents
from bdis_search.documents import InitiativeDocument
from bdis_search.drift import compared
from bdis_search.engine import engines
from bdis_search.models import EngineRole, EngineState, IndexRebuild, IndexTask

logger = logging.getLogger("bdis.search")

_SIGN_OF_LIFE_S = 2.0


class RebuildOvertaken(SearchEngineError):
    """A rebuild was so long silent that it was held for dead: it would miss changes."""


def build_anew(role: str, documents: Iterable[InitiativeDocument] | None = None) -> int:
    """Build the index of an engine beside the one that serves; return the number of listings.

    Changes that happen meanwhile go to the index that serves, and their tasks are kept for the new
    one: drain afterwards. Raises ``UnderWay`` when some process is at it already.
    """
    began = time.monotonic()
    rebuild = IndexRebuild.begin(role, InitiativePage.objects.public().count())
    try:
        source = build_documents() if documents is None else documents
        count = engines()[role].rebuild(_watched(source, rebuild))
    except SearchEngineError as error:
        rebuild.end()
        EngineState.note_failure(role, error)
        raise
    except BaseException:
        rebuild.end()
        raise
    if not rebuild.end():
        # Held for dead during the swap itself: what was applied since then is in the old index.
        _mend(role)
    EngineState.objects.update_or_create(
        engine=role,
        defaults={
            "rebuilt_at": timezone.now(),
            "rebuilt_count": count,
            "rebuilt_seconds": time.monotonic() - began,
        },
    )
    return count


def _watched(
    documents: Iterable[InitiativeDocument], rebuild: IndexRebuild
) -> Iterator[InitiativeDocument]:
    """Yield the documents, then those that changed meanwhile; tell how far it is."""
    done, last = 0, time.monotonic()
    for document in documents:
        yield document
        done += 1
        if time.monotonic() - last > _SIGN_OF_LIFE_S:
            last = time.monotonic()
            _beat(rebuild, done)
    # What changed since the beginning is read again before the new index serves; what was
    # removed goes right after, when the kept tasks are applied anew.
    changed = IndexTask.objects.filter(engine=rebuild.engine).values_list("page_id", flat=True)
    yield from build_documents(list(changed.distinct()))
    _beat(rebuild, done)


def _beat(rebuild: IndexRebuild, done: int) -> None:
    if not rebuild.beat(done):
        raise RebuildOvertaken(
            "The rebuild gave no sign of life for too long and was given up; the old index goes "
            "on. Run “manage.py reindex” again."
        )


def _mend(role: str) -> None:
    """Ask again for what differs; the new index serves already, whatever comes of it."""
    try:
        ids = compared(role, build_documents).ids
    except SearchEngineError as error:
        EngineState.note_failure(role, error)
        logger.error(
            "The new index of the %s engine may lack some changes: run “manage.py check_index "
            "--fix”. %s",
            *(role, error),
        )
        return
    IndexTask.objects.bulk_create(
        (IndexTask(engine=role, page_id=page) for page in ids), batch_size=1000
    )


def start_empty_index(using: str) -> None:
    """Build the indexes of a site without listings, where there are none; failing is no matter."""
    try:
        if using != "default" or InitiativePage.objects.exists():
            return
        for role, engine in engines().items():
            try:
                engine.stats()
            except IndexMissing:
                engine.rebuild([])
                EngineState.of(role)
    except Exception:
        logger.warning("No search index was started; “manage.py reindex” will do it.")


__all__ = ["EngineRole", "RebuildOvertaken", "build_anew", "start_empty_index"]
