"""The public API, version 1 (``/api/v1/``)."""

from bdis_search.api.endpoints import api

__all__ = ["api"]
