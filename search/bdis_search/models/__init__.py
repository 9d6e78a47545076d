"""What the search keeps in the database."""

from bdis_search.models.outbox import (
    DrainLease,
    EngineRole,
    EngineState,
    IndexRebuild,
    IndexTask,
)

__all__ = ["DrainLease", "EngineRole", "EngineState", "IndexRebuild", "IndexTask"]
