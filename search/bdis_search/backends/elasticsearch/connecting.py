"""The client, as the settings describe it, and what its failures mean to us."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from elasticsearch import ApiError, Elasticsearch, NotFoundError, TransportError

from bdis_search.backends.base import EngineUnavailable, IndexMissing

REMEDY = "Run “manage.py reindex” to build it."
#: What a node or a proxy before it answers when it is overloaded or away.
OVERLOADED = (429, 502, 503, 504)
_OPTIONS = {
    "HOSTS",
    "API_KEY",
    "BASIC_AUTH",
    "CA_CERTS",
    "VERIFY_CERTS",
    "INDEX",
    "SHARDS",
    "REPLICAS",
    "SETTINGS",
    "TIMEOUT",
    "RETRIES",
}


def connect(options: Mapping[str, Any]) -> Elasticsearch:
    """Return a client of the hosts that ``options`` name; nothing is asked of them yet."""
    unknown = sorted(set(options) - _OPTIONS)
    if unknown:
        raise ImproperlyConfigured(
            f'BDIS_SEARCH["OPTIONS"] has {", ".join(unknown)}, which Elasticsearch does not take; '
            f"it takes {', '.join(sorted(_OPTIONS))}."
        )
    hosts = options.get("HOSTS")
    if isinstance(hosts, str):
        hosts = [hosts]
    if not hosts:
        raise ImproperlyConfigured(
            'BDIS_SEARCH["OPTIONS"] needs "HOSTS": the addresses of the nodes, such as '
            '["https://search-1.example.org:9200"].'
        )
    asked = {
        "api_key": options.get("API_KEY"),
        "basic_auth": options.get("BASIC_AUTH"),
        "ca_certs": options.get("CA_CERTS"),
        "verify_certs": options.get("VERIFY_CERTS"),
    }
    try:
        return Elasticsearch(
            list(hosts),
            request_timeout=float(options.get("TIMEOUT", 5)),
            max_retries=int(options.get("RETRIES", 2)),
            retry_on_timeout=True,
            retry_on_status=OVERLOADED,
            **{name: value for name, value in asked.items() if value is not None},
        )
    except (ValueError, TypeError) as error:
        raise ImproperlyConfigured(
            f'BDIS_SEARCH["OPTIONS"] cannot be used ({error}). "HOSTS" is a list of addresses with '
            "their scheme and port; give either API_KEY or BASIC_AUTH = (name, password)."
        ) from error


@contextlib.contextmanager
def answering() -> Iterator[None]:
    """Turn failures of the client into ours; messages name no document and no credential."""
    try:
        yield
    except NotFoundError as error:
        if _reason(error) != "index_not_found_exception":
            raise EngineUnavailable(f"Elasticsearch answered 404 ({_reason(error)}).") from error
        raise IndexMissing(f"Elasticsearch has no search index yet. {REMEDY}") from error
    except ApiError as error:
        raise EngineUnavailable(
            f"Elasticsearch answered {error.status_code} ({_reason(error)})."
        ) from error
    except TransportError as error:
        raise EngineUnavailable(
            f"Elasticsearch does not answer ({type(error).__name__}). Are the nodes up, and "
            'BDIS_SEARCH["OPTIONS"]["HOSTS"] right?'
        ) from error


def _reason(error: ApiError) -> str:
    body = error.body
    cause = body.get("error") if isinstance(body, dict) else None
    return str(cause.get("type", "")) if isinstance(cause, dict) else "no reason given"
