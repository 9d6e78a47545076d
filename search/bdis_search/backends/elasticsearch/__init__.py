"""The engine shared by several machines: Elasticsearch 8 or 9.

``BDIS_SEARCH = {"BACKEND": "bdis_search.backends.elasticsearch", "OPTIONS": {"HOSTS": […]}}``
"""

from bdis_search.backends.elasticsearch.engine import Engine

__all__ = ["Engine"]
