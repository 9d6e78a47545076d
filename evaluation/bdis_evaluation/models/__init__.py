"""The charter ledger, progress grids and evaluations."""

from bdis_evaluation.models.adhesions import (
    AdhesionKind,
    CharterAdhesion,
    Signatory,
    SigningWay,
)
from bdis_evaluation.models.charter import CharterStatus, CharterText, CharterVersion
from bdis_evaluation.models.commitments import (
    Commitment,
    CommitmentAct,
    CommitmentEvent,
    CommitmentState,
)
from bdis_evaluation.models.evaluations import (
    OPEN_STATES,
    Answer,
    AnswerRevision,
    Evaluation,
    EvaluationKind,
    EvaluationState,
)
from bdis_evaluation.models.evidence import EvidenceFile
from bdis_evaluation.models.grids import (
    Grid,
    GridVersion,
    QuestionChange,
    QuestionCorrespondence,
    VersionStatus,
)

__all__ = [
    "OPEN_STATES",
    "AdhesionKind",
    "Answer",
    "AnswerRevision",
    "CharterAdhesion",
    "CharterStatus",
    "CharterText",
    "CharterVersion",
    "Commitment",
    "CommitmentAct",
    "CommitmentEvent",
    "CommitmentState",
    "Evaluation",
    "EvaluationKind",
    "EvaluationState",
    "EvidenceFile",
    "Grid",
    "GridVersion",
    "QuestionChange",
    "QuestionCorrespondence",
    "Signatory",
    "SigningWay",
    "VersionStatus",
]
