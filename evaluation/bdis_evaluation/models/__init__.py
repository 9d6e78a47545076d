"""The charter ledger, progress grids and evaluations."""

from bdis_evaluation.models.adhesions import (
    AdhesionKind,
    CharterAdhesion,
    Signatory,
    SigningWay,
)
from bdis_evaluation.models.campaigns import (
    CampaignListing,
    CampaignNotice,
    CharterCampaign,
    NoticeMoment,
)
from bdis_evaluation.models.charter import (
    CharterIncomplete,
    CharterStatus,
    CharterText,
    CharterVersion,
    NotADraft,
)
from bdis_evaluation.models.coevaluation import (
    AgreedAnswer,
    GuestAnswer,
    Invitation,
    InvitedGroup,
    JointMeeting,
)
from bdis_evaluation.models.commitments import (
    Commitment,
    CommitmentAct,
    CommitmentEvent,
    CommitmentState,
)
from bdis_evaluation.models.cycles import (
    AccompanistNote,
    EvaluationCampaign,
    EvaluationNotice,
    ProgressPlan,
    RegionRhythm,
    ReminderMoment,
    Shown,
    ThemeResult,
    ThemeSharing,
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
    "AccompanistNote",
    "AdhesionKind",
    "AgreedAnswer",
    "Answer",
    "AnswerRevision",
    "CampaignListing",
    "CampaignNotice",
    "CharterAdhesion",
    "CharterCampaign",
    "CharterIncomplete",
    "CharterStatus",
    "CharterText",
    "CharterVersion",
    "Commitment",
    "CommitmentAct",
    "CommitmentEvent",
    "CommitmentState",
    "Evaluation",
    "EvaluationCampaign",
    "EvaluationKind",
    "EvaluationNotice",
    "EvaluationState",
    "EvidenceFile",
    "Grid",
    "GridVersion",
    "GuestAnswer",
    "Invitation",
    "InvitedGroup",
    "JointMeeting",
    "NotADraft",
    "NoticeMoment",
    "ProgressPlan",
    "QuestionChange",
    "QuestionCorrespondence",
    "RegionRhythm",
    "ReminderMoment",
    "Shown",
    "Signatory",
    "SigningWay",
    "ThemeResult",
    "ThemeSharing",
    "VersionStatus",
]
