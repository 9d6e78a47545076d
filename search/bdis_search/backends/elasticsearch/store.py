"""Where documents live: an index behind an alias, replaced whole by a rebuild.

The alias ``<INDEX>-v<version>`` names the index that serves; indexes are named after it, with the
moment of their creation. A rebuild fills a new one and then moves the alias, in one step: killed
at any moment, it leaves the old one serving. An index of another version of the mapping has
another alias: processes of the older version go on with theirs.
"""

from __future__ import annotations

import contextlib
import datetime
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils import timezone
from elasticsearch import Elasticsearch
from elasticsearch.helpers import streaming_bulk

from bdis_search.backends.base import EngineUnavailable, IndexMissing, SearchEngineError
from bdis_search.backends.elasticsearch.connecting import OVERLOADED, REMEDY, answering
from bdis_search.backends.elasticsearch.mapping import fields_of, mapping
from bdis_search.documents import InitiativeDocument
from bdis_search.indexed import SCHEMA_VERSION

_BATCH = 500
#: What is not the index of an alias after that long is the debris of a rebuild that was killed,
#: or the index of a version of the site that is gone.
_DEBRIS = datetime.timedelta(days=1)
_SHOWN_ERRORS = 5

Action = dict[str, Any]


class Store:
    """The index of a site in a cluster."""

    def __init__(self, client: Elasticsearch, options: Mapping[str, Any]) -> None:
        self.client = client
        self.name = str(options.get("INDEX", "bdis"))
        self.alias = f"{self.name}-v{SCHEMA_VERSION}"
        self.replicas = int(options.get("REPLICAS", 0))
        self.settings: dict[str, Any] = {
            "number_of_shards": int(options.get("SHARDS", 1)),
            **dict(options.get("SETTINGS", {})),
        }

    def put(self, documents: Iterable[InitiativeDocument]) -> int:
        """Add or replace documents; they are searchable on return. Return how many."""
        return self._write(map(_addition, documents))

    def delete(self, ids: Iterable[int]) -> None:
        """Remove documents; unknown ids are ignored."""
        self._write({"_op_type": "delete", "_id": str(identifier)} for identifier in ids)

    def replace(self, documents: Iterable[InitiativeDocument]) -> int:
        """Fill a new index and have it serve; return how many documents it holds."""
        index = f"{self.alias}-{timezone.now():%Y%m%d%H%M%S}-{uuid.uuid4().hex[:6]}"
        with answering():
            self.client.indices.create(index=index, mappings=mapping(), settings=self._draft())
        try:
            self._bulk(map(_addition, documents), index)
            with answering():
                self._finish(index)
                count = int(self.client.count(index=index)["count"])
            self._serve(index)
        except BaseException:
            with contextlib.suppress(SearchEngineError), answering():
                self.client.indices.delete(index=index, ignore_unavailable=True)
            raise
        self._sweep()
        return count

    def _draft(self) -> dict[str, Any]:
        # Nobody searches it yet: it is filled faster without refreshing nor copying.
        return {**self.settings, "refresh_interval": "-1", "number_of_replicas": 0}

    def _finish(self, index: str) -> None:
        interval = self.settings.get("refresh_interval")
        kept = {"number_of_replicas": self.replicas, "refresh_interval": interval}
        self.client.indices.put_settings(index=index, settings=kept)
        self.client.indices.refresh(index=index)

    def _serve(self, index: str) -> None:
        actions: list[Action] = [{"add": {"index": index, "alias": self.alias}}]
        with answering():
            replaced = self._indexes_of(self.alias)
            actions += [{"remove_index": {"index": old}} for old in replaced]
            self.client.indices.update_aliases(actions=actions)

    def _indexes_of(self, alias: str) -> list[str]:
        if not self.client.indices.exists_alias(name=alias):
            return []
        return list(self.client.indices.get_alias(name=alias))

    def _sweep(self) -> None:
        """Remove the debris of rebuilds that were killed; a failure is no matter."""
        oldest = (timezone.now() - _DEBRIS).timestamp() * 1000
        with contextlib.suppress(SearchEngineError), answering():
            found = self.client.indices.get(index=f"{self.name}-v*", ignore_unavailable=True)
            for index, state in found.items():
                created = int(state["settings"]["index"]["creation_date"])
                if created < oldest and self.alias not in state["aliases"]:
                    self.client.indices.delete(index=index, ignore_unavailable=True)

    def _write(self, actions: Iterable[Action]) -> int:
        written = self._bulk(actions, self.alias, require_alias=True)
        with answering():
            self.client.indices.refresh(index=self.alias)
        return written

    def _bulk(self, actions: Iterable[Action], index: str, **options: Any) -> int:
        """Send ``actions``; what is refused is told once all the rest is written."""
        written, refused = 0, []
        with answering():
            for done, item in streaming_bulk(
                self.client,
                actions,
                index=index,
                chunk_size=_BATCH,
                max_retries=4,
                initial_backoff=0.5,
                max_backoff=8,
                raise_on_error=False,
                **options,
            ):
                outcome = next(iter(item.values()))
                if done or outcome.get("result") == "not_found":
                    written += 1
                else:
                    refused.append(outcome)
        if refused:
            raise _refusal(refused)
        return written


def _addition(document: InitiativeDocument) -> Action:
    return {"_op_type": "index", "_id": str(document.id), "_source": fields_of(document)}


def _refusal(refused: list[dict[str, Any]]) -> SearchEngineError:
    """Return the error that tells which listings Elasticsearch refused, and why."""
    shown = refused[:_SHOWN_ERRORS]
    kinds = {_kind(outcome) for outcome in refused}
    if "index_not_found_exception" in kinds:
        return IndexMissing(f"Elasticsearch has no search index yet. {REMEDY}")
    told = "; ".join(f"{outcome.get('_id')}: {_kind(outcome)}" for outcome in shown)
    message = f"Elasticsearch refused {len(refused)} listings ({told})."
    if all(outcome.get("status") in OVERLOADED or _blocked(outcome) for outcome in refused):
        return EngineUnavailable(message)
    return SearchEngineError(message)


def _kind(outcome: dict[str, Any]) -> str:
    error = outcome.get("error")
    return str(error.get("type", "")) if isinstance(error, dict) else str(error or "refused")


def _blocked(outcome: dict[str, Any]) -> bool:
    # The disk of a node is full, or the index was made read-only.
    return _kind(outcome) == "cluster_block_exception"
