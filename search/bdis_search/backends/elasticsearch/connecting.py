"""The client, as the settings describe it, and what its failures mean to us."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from elasticsearch import (
    ApiError,
    Elasticsearch,
    NotFoundError,
    TransportError,
    UnsupportedProductError,
)

from bdis_search.backends.base import EngineUnavailable, IndexMissing
from bdis_search.backends.elasticsearch.options import Options

REMEDY = "Run “manage.py reindex” to build it."
#: What a node or a proxy before it answers when it is overloaded or away.
OVERLOADED = (429, 502, 503, 504)
_REFUSED = (401, 403)


class Client(Elasticsearch):
    """A client that believes no answer but those of Elasticsearch, at any moment.

    The one it is made from looks at the first answer alone; a proxy may speak up later.
    """

    def perform_request(self, *args: Any, **kwargs: Any) -> Any:
        """Return the answer; raise ``UnsupportedProductError`` when it is of something else."""
        answer = super().perform_request(*args, **kwargs)
        if answer.meta.headers.get("x-elastic-product") != "Elasticsearch":
            raise UnsupportedProductError(
                message="something else answered", meta=answer.meta, body=answer.body
            )
        return answer


def connect(options: Options) -> Elasticsearch:
    """Return a client of the hosts that ``options`` name; nothing is asked of them yet."""
    try:
        return Client(
            options.hosts,
            request_timeout=options.timeout,
            max_retries=options.retries,
            # A second wait for the same node would only keep a visitor longer.
            retry_on_timeout=len(options.hosts) > 1,
            retry_on_status=OVERLOADED,
            **options.access,
        )
    except (ValueError, TypeError, OSError) as error:
        raise ImproperlyConfigured(
            f'BDIS_SEARCH["OPTIONS"] cannot be used to reach Elasticsearch ({error}).'
        ) from error


@contextlib.contextmanager
def answering() -> Iterator[None]:
    """Turn failures of the client into ours; messages name no document and no credential."""
    try:
        yield
    except NotFoundError as error:
        if reason(error) != "index_not_found_exception":
            raise EngineUnavailable(f"Elasticsearch answered 404 ({reason(error)}).") from error
        raise no_index() from error
    except UnsupportedProductError as error:
        raise EngineUnavailable(
            "What answers in the place of Elasticsearch is something else (a proxy?). Is "
            'BDIS_SEARCH["OPTIONS"]["HOSTS"] right?'
        ) from error
    except ApiError as error:
        remedy = ""
        if error.status_code in _REFUSED:
            remedy = " Check API_KEY or BASIC_AUTH, and what it may do with the index."
        raise EngineUnavailable(
            f"Elasticsearch answered {error.status_code} ({reason(error)}).{remedy}"
        ) from error
    except TransportError as error:
        raise EngineUnavailable(
            f"Elasticsearch does not answer ({type(error).__name__}). Are the nodes up, and "
            'BDIS_SEARCH["OPTIONS"]["HOSTS"] right?'
        ) from error


def no_index() -> IndexMissing:
    """Return the error of a search, or a change, without an index."""
    return IndexMissing(f"Elasticsearch has no search index for this version. {REMEDY}")


def reason(error: ApiError) -> str:
    """Return the kind of an error; its words may hold what was searched or indexed."""
    body: Any = error.body
    cause = body.get("error") if isinstance(body, dict) else None
    return str(cause.get("type", "")) if isinstance(cause, dict) else "no reason given"
