"""Where documents live: an index behind an alias, replaced whole by a rebuild.

The alias ``<INDEX>-v<version>`` names the index that serves; indexes are named after it, with the
moment of their creation. A rebuild fills a new one, which bears an alias of its own meanwhile,
and then moves the alias, in one step: killed at any moment, it leaves the old one serving. An
index of another version of the mapping has another alias: processes of the older version go on
with theirs.
"""

from __future__ import annotations

import contextlib
import datetime
import re
import time
import uuid
from collections.abc import Iterable, Iterator
from typing import Any

from django.utils import timezone
from elasticsearch import ApiError, Elasticsearch, NotFoundError
from elasticsearch.helpers import streaming_bulk

from bdis_search.backends.base import EngineUnavailable, IndexMissing, SearchEngineError
from bdis_search.backends.elasticsearch.connecting import OVERLOADED, answering, no_index
from bdis_search.backends.elasticsearch.mapping import fields_of, mapping
from bdis_search.backends.elasticsearch.options import Options
from bdis_search.documents import InitiativeDocument
from bdis_search.indexed import SCHEMA_VERSION

_BATCH = 500
_BATCH_BYTES = 10_000_000
_SHOWN_ERRORS = 5
#: A rebuild tells that it lives every so many seconds; silent for much longer, it was killed.
_BEAT = 30.0
_SILENCE = datetime.timedelta(minutes=10)
#: A rebuild is nobody's visit: it may wait longer for a busy cluster.
_PATIENCE = 120.0
_DRAFT = "-draft"
_COPYING = "60s"

Action = dict[str, Any]
Answer = dict[str, Any]


class Store:
    """The index of a site in a cluster."""

    def __init__(self, client: Elasticsearch, options: Options) -> None:
        self.client = client
        self.patient = client.options(request_timeout=max(_PATIENCE, options.timeout))
        self.name = options.index
        self.alias = f"{self.name}-v{SCHEMA_VERSION}"
        self.settings = options.settings

    # Searching

    def search(self, body: dict[str, Any], **parameters: Any) -> Answer:
        """Return the answer to ``body``, whole: an answer without a part of the index is none."""
        # The index found at first may have been replaced before it was read.
        with contextlib.suppress(IndexMissing):
            return self._search(body, parameters)
        return self._search(body, parameters)

    def _search(self, body: dict[str, Any], parameters: dict[str, Any]) -> Answer:
        if "pit" not in body:
            parameters = {"index": self.alias, **parameters}
        with answering():
            found: Answer = self.client.search(
                body=body, allow_partial_search_results=False, **parameters
            ).body
        return found

    @contextlib.contextmanager
    def standing_still(self) -> Iterator[dict[str, Any]]:
        """Give the part of a body by which several searches see the index at one moment."""
        with answering():
            point = self.client.open_point_in_time(index=self.alias, keep_alive="1m")["id"]
        try:
            yield {"pit": {"id": point, "keep_alive": "1m"}}
        finally:
            with contextlib.suppress(SearchEngineError), answering():
                self.client.close_point_in_time(id=point)

    def measured(self) -> tuple[int, int]:
        """Return the number of documents, and the size in bytes of the index and its copies."""
        with answering():
            count = int(self.client.count(index=self.alias)["count"])
            stats = self.client.indices.stats(index=self.alias, metric="store")
        return count, int(stats["_all"]["total"]["store"]["size_in_bytes"])

    def version(self) -> str:
        """Return the version of the servers, "" when we may not know it."""
        with contextlib.suppress(SearchEngineError), answering():
            found = self.client.nodes.info(metric="http", filter_path="nodes.*.version")
            versions = {node["version"] for node in found.get("nodes", {}).values()}
            return ", ".join(sorted(versions))
        return ""

    # Writing

    def put(self, documents: Iterable[InitiativeDocument]) -> int:
        """Add or replace documents; they are searchable on return. Return how many."""
        return self._write(map(_addition, documents))

    def delete(self, ids: Iterable[int]) -> None:
        """Remove documents; unknown ids are ignored."""
        self._write({"_op_type": "delete", "_id": str(identifier)} for identifier in ids)

    def _write(self, actions: Iterable[Action]) -> int:
        written = _bulk(self.client, actions, self.alias)
        with answering():
            self.client.indices.refresh(index=self.alias)
        return written

    # Rebuilding

    def replace(self, documents: Iterable[InitiativeDocument]) -> int:
        """Fill a new index and have it serve; return how many documents it holds."""
        self._sweep()
        index = f"{self.alias}-{timezone.now():%Y%m%d%H%M%S}-{uuid.uuid4().hex[:6]}"
        with answering():
            self.patient.indices.create(
                index=index,
                aliases={index + _DRAFT: {}},
                mappings={**mapping(), "_meta": _alive()},
                settings=self._draft(),
            )
        try:
            count = self._fill(index, documents)
            self._serve(index)
        except BaseException:
            self._discard(index)
            raise
        return count

    def _fill(self, index: str, documents: Iterable[InitiativeDocument]) -> int:
        seen: set[int] = set()
        actions = map(_addition, self._telling(index, documents, seen))
        _bulk(self.patient, actions, index + _DRAFT)
        with answering():
            self._finish(index)
            count = int(self.patient.count(index=index)["count"])
        if count != len(seen):
            raise SearchEngineError(
                f"The new index holds {count} listings of {len(seen)}: the old one goes on serving."
            )
        return count

    def _telling(
        self, index: str, documents: Iterable[InitiativeDocument], seen: set[int]
    ) -> Iterator[InitiativeDocument]:
        """Yield ``documents``, note their ids, and tell meanwhile that this rebuild lives."""
        told = time.monotonic()
        for document in documents:
            if time.monotonic() - told > _BEAT:
                with answering():
                    self.patient.indices.put_mapping(index=index, meta=_alive())
                told = time.monotonic()
            seen.add(document.id)
            yield document

    def _draft(self) -> dict[str, Any]:
        # Nobody searches it yet: it is filled faster without refreshing nor copying.
        kept = {name: value for name, value in self.settings.items() if name not in _LATER}
        return {**kept, "refresh_interval": "-1", "number_of_replicas": 0}

    def _finish(self, index: str) -> None:
        self.patient.indices.refresh(index=index)
        later: dict[str, Any] = {"refresh_interval": None}
        later |= {name: self.settings[name] for name in _LATER if name in self.settings}
        self.patient.indices.put_settings(index=index, settings=later)
        # Copies are made before it serves, but nobody waits for a node that is not there.
        with contextlib.suppress(ApiError):
            self.patient.cluster.health(
                index=index, wait_for_no_initializing_shards=True, timeout=_COPYING
            )

    def _serve(self, index: str) -> None:
        """Move the alias, and remove the index that it named, in one step."""
        with answering():
            for _ in range(3):
                # A request whose answer was lost is sent again: it may have been obeyed.
                replaced = [old for old in self._serving() if old != index]
                actions: list[Action] = [
                    {"remove": {"index": index, "alias": index + _DRAFT, "must_exist": False}},
                    {"add": {"index": index, "alias": self.alias}},
                    *({"remove_index": {"index": old}} for old in replaced),
                ]
                # Another rebuild may remove it first.
                with contextlib.suppress(NotFoundError):
                    self.patient.indices.update_aliases(actions=actions)
                    return
            self.patient.indices.update_aliases(actions=actions)

    def _serving(self) -> list[str]:
        try:
            return list(self.patient.indices.get_alias(name=self.alias))
        except NotFoundError:
            return []

    def _discard(self, index: str) -> None:
        """Remove a draft, unless it serves: the answer that said so may have been lost."""
        with contextlib.suppress(SearchEngineError), answering():
            aliases = self.client.indices.get_alias(index=index)[index]["aliases"]
            if self.alias not in aliases:
                self.client.indices.delete(index=index, ignore_unavailable=True)

    def _sweep(self) -> None:
        """Remove the debris of rebuilds that were killed; a failure is no matter.

        Indexes of older versions go too, once one of this version has been serving.
        """
        with contextlib.suppress(SearchEngineError), answering():
            found = self.client.indices.get(
                index=f"{self.name}-v*", features=["aliases", "mappings"], ignore_unavailable=True
            )
            served = any(self.alias in state["aliases"] for state in found.values())
            for index, state in found.items():
                named = re.fullmatch(
                    rf"{re.escape(self.name)}-v(\d+)-\d{{14}}-[0-9a-f]{{6}}", index
                )
                if not named or int(named[1]) > SCHEMA_VERSION:
                    continue
                aliases = set(state["aliases"])
                if aliases == {index + _DRAFT}:
                    unused = _silent(state["mappings"].get("_meta", {}))
                else:
                    older = int(named[1]) < SCHEMA_VERSION
                    unused = not aliases or (older and served)
                if unused:
                    self.client.indices.delete(index=index, ignore_unavailable=True)


#: What is set once the index is filled.
_LATER = ("refresh_interval", "number_of_replicas", "auto_expand_replicas")


def _alive() -> dict[str, Any]:
    return {"schema": SCHEMA_VERSION, "alive": int(timezone.now().timestamp())}


def _silent(meta: dict[str, Any]) -> bool:
    told = int(meta.get("alive", 0))
    return told < (timezone.now() - _SILENCE).timestamp()


def _addition(document: InitiativeDocument) -> Action:
    return {"_op_type": "index", "_id": str(document.id), "_source": fields_of(document)}


def _bulk(client: Elasticsearch, actions: Iterable[Action], alias: str) -> int:
    """Send ``actions``; return how many were done, and tell of the refused ones after them."""
    written, refused = 0, []
    with answering():
        for done, item in streaming_bulk(
            client,
            actions,
            index=alias,
            require_alias=True,  # else Elasticsearch would make up an index of that name
            chunk_size=_BATCH,
            max_chunk_bytes=_BATCH_BYTES,
            max_retries=4,
            initial_backoff=0.5,
            max_backoff=8,
            retry_on_status=OVERLOADED,
            raise_on_error=False,
        ):
            outcome = next(iter(item.values()))
            if done or outcome.get("result") == "not_found":
                written += 1
            else:
                refused.append(outcome)
    if refused:
        raise _refusal(refused)
    return written


def _refusal(refused: list[dict[str, Any]]) -> SearchEngineError:
    """Return the error that tells which listings Elasticsearch refused, and why."""
    kinds = {_kind(outcome) for outcome in refused}
    if "index_not_found_exception" in kinds:
        return no_index()
    shown = "; ".join(
        f"{outcome.get('_id')}: {_kind(outcome)}" for outcome in refused[:_SHOWN_ERRORS]
    )
    message = f"Elasticsearch refused {len(refused)} listings ({shown})."
    if all(outcome.get("status") in OVERLOADED or _blocked(outcome) for outcome in refused):
        return EngineUnavailable(message)
    return SearchEngineError(message)


def _kind(outcome: dict[str, Any]) -> str:
    # Not the reason: it may quote the listing.
    error = outcome.get("error")
    return str(error.get("type", "")) if isinstance(error, dict) else "refused"


def _blocked(outcome: dict[str, Any]) -> bool:
    # The disk of a node is full, or the index was made read-only.
    return _kind(outcome) == "cluster_block_exception"
