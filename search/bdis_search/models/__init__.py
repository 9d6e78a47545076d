"""What the search keeps in the database."""

from bdis_search.models.acts import IndexCheck, IndexRebuild, LongAct, UnderWay
from bdis_search.models.outbox import DrainLease, EngineRole, EngineState, IndexTask, told
from bdis_search.models.promoted import PromotedListing, Promotion
from bdis_search.models.synonyms import SynonymGroup

__all__ = [
    "DrainLease",
    "EngineRole",
    "EngineState",
    "IndexCheck",
    "IndexRebuild",
    "IndexTask",
    "LongAct",
    "PromotedListing",
    "Promotion",
    "SynonymGroup",
    "UnderWay",
    "told",
]
