"""The embedded engine: a tantivy index in a directory beside the database.

``OPTIONS = {"PATH": folder, "LOCK_TIMEOUT": seconds (30), "HEAP_MB": memory of a writer (64)}``.
"""

from bdis_search.backends.tantivy.engine import Engine

__all__ = ["Engine"]
