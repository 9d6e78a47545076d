"""What becomes of each question from a version of a grid to the next, and between any two.

The identity of a question is its key. Whether its answers can still be compared is never guessed
from its words: where they differ, the steering committee says so, and its decision holds for the
two wordings it was shown.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from bdis_evaluation.grids.content import GridContent, Question
from bdis_evaluation.grids.kinds import question_kinds
from bdis_evaluation.models.grids import (
    GridVersion,
    QuestionChange,
    QuestionCorrespondence,
    VersionStatus,
)


@dataclass
class NotOneGrid(ValueError):
    """Two versions that are to be compared are of two grids."""

    earlier: GridVersion
    later: GridVersion

    def __str__(self) -> str:
        return _("“%(earlier)s” and “%(later)s” are not of one grid: nothing compares them.") % {
            "earlier": self.earlier,
            "later": self.later,
        }


@dataclass(frozen=True)
class Proposal:
    """A question before and after, and what its change is; ``None``: somebody must say."""

    key: str
    before: Question | None
    after: Question | None
    change: QuestionChange | None
    #: What may be chosen, one at least.
    choices: tuple[QuestionChange, ...]
    note: str = ""

    @property
    def needs_reason(self) -> bool:
        """Whether the change must be explained to those whose answers no longer compare."""
        return self.change in (QuestionChange.CHANGED, QuestionChange.DROPPED)

    @property
    def is_settled(self) -> bool:
        """Whether nothing is left to say."""
        return self.change is not None and bool(self.note or not self.needs_reason)

    @property
    def question(self) -> Question:
        """The question as it is now, else as it was."""
        return self.after or self.before  # type: ignore[return-value]

    @property
    def fingerprint(self) -> str:
        """What tells these two wordings from any others."""
        asked = [one.asks if one else None for one in (self.before, self.after)]
        text = json.dumps(asked, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def __str__(self) -> str:
        if self.change is None:
            return _("“%s”: say whether it is still the same question.") % self.question.text
        if not self.is_settled:
            return _("“%(text)s” (%(change)s): give the reason.") % {
                "text": self.question.text,
                "change": self.change.label,
            }
        return f"{self.question.text}: {self.change.label}"


def version_before(version: GridVersion) -> GridVersion | None:
    """Return the version that ``version`` replaces, ``None`` for the first."""
    earlier = version.grid.versions.filter(number__lt=version.number)
    return earlier.exclude(status=VersionStatus.DRAFT).order_by("-number").first()


def propose(before: GridContent, after: GridContent) -> list[Proposal]:
    """Return what becomes of every question: those of ``after`` in order, then the dropped."""
    dropped = (key for key in before.questions if key not in after.questions)
    return [
        _proposal(key, before.questions.get(key), after.questions.get(key))
        for key in (*after.questions, *dropped)
    ]


def correspondences(version: GridVersion) -> list[Proposal]:
    """Return what becomes of every question since the version before, with what was decided.

    A decision made on other wordings than those of today is left out. [] for a first version.
    """
    former = version_before(version)
    if former is None:
        return []
    decided = {row.key: row for row in version.correspondences.all()}
    return [_decided(one, decided.get(one.key)) for one in propose(former.content, version.content)]


def missing_correspondences(version: GridVersion) -> list[Proposal]:
    """Return the changes that somebody still has to decide or to explain."""
    return [one for one in correspondences(version) if not one.is_settled]


def relation(earlier: GridVersion, later: GridVersion) -> dict[str, QuestionChange]:
    """Return what became of each question from ``earlier`` to ``later``, both in force once.

    The same is what was said to be the same at every version between the two: what changed once
    is changed, and so is what was dropped, then asked again. Two queries. Raises ``NotOneGrid``.
    """
    if earlier.grid_id != later.grid_id:
        raise NotOneGrid(earlier, later)
    before, after = earlier.content.questions, later.content.questions
    steps = GridVersion.objects.filter(
        grid=earlier.grid_id, number__gt=earlier.number, number__lte=later.number
    ).values_list("pk", flat=True)
    said_same = Counter(
        QuestionCorrespondence.objects.filter(
            version__in=list(steps), change=QuestionChange.SAME
        ).values_list("key", flat=True)
    )
    found = {}
    for key in dict.fromkeys((*before, *after)):
        if key not in after:
            found[key] = QuestionChange.DROPPED
        elif key not in before:
            found[key] = QuestionChange.NEW
        else:
            same = said_same[key] == len(steps)
            found[key] = QuestionChange.SAME if same else QuestionChange.CHANGED
    return found


def _proposal(key: str, before: Question | None, after: Question | None) -> Proposal:
    if after is None:
        return Proposal(key, before, after, QuestionChange.DROPPED, (QuestionChange.DROPPED,))
    if before is None:
        return Proposal(key, before, after, QuestionChange.NEW, (QuestionChange.NEW,))
    if before.asks == after.asks:
        return Proposal(key, before, after, QuestionChange.SAME, (QuestionChange.SAME,))
    if not _may_be_same(before, after):
        return Proposal(key, before, after, QuestionChange.CHANGED, (QuestionChange.CHANGED,))
    choices = (QuestionChange.SAME, QuestionChange.CHANGED)
    return Proposal(key, before, after, None, choices)


def _may_be_same(before: Question, after: Question) -> bool:
    kind = question_kinds().get(after.kind)
    return before.kind == after.kind and kind is not None and kind.may_be_same(before, after)


def _decided(proposal: Proposal, row: QuestionCorrespondence | None) -> Proposal:
    if row is None or row.fingerprint != proposal.fingerprint:
        return proposal
    if row.change not in proposal.choices:
        return proposal
    return Proposal(
        proposal.key,
        proposal.before,
        proposal.after,
        QuestionChange(row.change),
        proposal.choices,
        row.note,
    )


def decide(version: GridVersion, decisions: Mapping[str, tuple[str, str]]) -> None:
    """Keep, for a draft, what was decided of each key: (change, reason); others are left as is.

    A change that cannot be chosen is ignored: the wordings moved meanwhile, it is asked again.
    """
    for one in correspondences(version):
        change, note = decisions.get(one.key, ("", ""))
        if change in one.choices:
            QuestionCorrespondence.objects.update_or_create(
                version=version,
                key=one.key,
                defaults={
                    "change": change,
                    "note": note.strip()[:300],
                    "fingerprint": one.fingerprint,
                },
            )
