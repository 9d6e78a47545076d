"""What the search keeps in the database."""

from bdis_search.models.acts import IndexCheck, IndexRebuild, LongAct, UnderWay
from bdis_search.models.outbox import DrainLease, EngineRole, EngineState, IndexTask, told
from bdis_search.models.promoted import PromotedListing, Promotion
from bdis_search.models.saved import DigestRun, Frequency, SavedSearch
from bdis_search.models.synonyms import SynonymGroup

__all__ = [
    "DigestRun",
    "DrainLease",
    "EngineRole",
    "EngineState",
    "Frequency",
    "IndexCheck",
    "IndexRebuild",
    "IndexTask",
    "LongAct",
    "PromotedListing",
    "Promotion",
    "SavedSearch",
    "SynonymGroup",
    "UnderWay",
    "told",
]
