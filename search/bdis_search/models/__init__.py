"""What the search keeps in the database."""

from bdis_search.models.acts import IndexCheck, IndexRebuild, LongAct, UnderWay
from bdis_search.models.outbox import DrainLease, EngineRole, EngineState, IndexTask

__all__ = [
    "DrainLease",
    "EngineRole",
    "EngineState",
    "IndexCheck",
    "IndexRebuild",
    "IndexTask",
    "LongAct",
    "UnderWay",
]
