"""What the search keeps in the database."""

from bdis_search.models.outbox import DrainLease, IndexRebuild, IndexTask

__all__ = ["DrainLease", "IndexRebuild", "IndexTask"]
