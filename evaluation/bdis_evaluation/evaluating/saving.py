"""Saving an answer while others save too: nothing that somebody wrote is lost.

A save says which revision its author was looking at. What only one of the two changed since then
is merged; what both changed differently is a conflict: the answer that stands goes on standing, the
other is kept beside it until somebody chooses.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from bdis_evaluation.grids.kinds import InvalidAnswer, clean_text, kind_of
from bdis_evaluation.models import Answer, AnswerRevision, Evaluation, EvaluationState
from bdis_evaluation.models.evaluations import GivenAnswer

LONGEST_COMMENT = 4_000  # characters
LONGEST_REASON = 500


@dataclass
class EvaluationNotOpen(Exception):
    """Answers are no longer taken."""

    evaluation: Evaluation

    def __str__(self) -> str:
        return _("This evaluation is finished: its answers no longer change.")


@dataclass(frozen=True)
class Given:
    """What somebody says to a question."""

    value: Any = None
    not_applicable: bool = False
    reason: str = ""
    comment: str = ""

    @classmethod
    def of(cls, answer: GivenAnswer | None) -> Given:
        """Return what an answer or a revision says; nothing when there is none."""
        if answer is None:
            return cls()
        return cls(answer.value, answer.not_applicable, answer.reason, answer.comment)

    @property
    def position(self) -> tuple[Any, bool, str]:
        """What is answered, apart from the comment."""
        return (self.value, self.not_applicable, self.reason)


@dataclass(frozen=True)
class Saved:
    """What a save came to: the answer that stands, and the one kept beside it, if any."""

    answer: Answer | None
    conflict: AnswerRevision | None = None


@transaction.atomic
def save_answer(
    evaluation: Evaluation,
    key: str,
    given: Given,
    *,
    base: int,
    user: Any,
    save_id: uuid.UUID | None = None,
) -> Saved:
    """Save what ``user`` gives to the question ``key``, who was looking at revision ``base`` (0:
    no answer yet).

    Sent again with the same ``save_id``, it is written once. Raises ``InvalidAnswer`` and
    ``EvaluationNotOpen``.
    """
    given = clean(evaluation, key, given)
    lock_open(evaluation)
    saved = _merge(evaluation, key, given, base, user, save_id or uuid.uuid4())
    _touch(evaluation)
    return saved


@transaction.atomic
def settle_answer(evaluation: Evaluation, key: str, given: Given, *, base: int, user: Any) -> Saved:
    """Save the answer chosen among those in conflict, all of them known to ``user``.

    A conflict that came after revision ``base``, the last one ``user`` was shown, stays open.
    """
    given = clean(evaluation, key, given)
    lock_open(evaluation)
    current = evaluation.answers.filter(key=key).first()
    if current is not None and current.revision > base:
        return _merge(evaluation, key, given, _stood_at(evaluation, key, base), user, uuid.uuid4())
    shown = evaluation.revisions.filter(
        key=key, conflicting=True, settled_at__isnull=True, number__lte=base
    )
    shown.update(settled_at=timezone.now())
    _touch(evaluation)
    return Saved(_stand(evaluation, key, given, base, user, uuid.uuid4()))


def open_conflicts(evaluation: Evaluation) -> dict[str, list[AnswerRevision]]:
    """Return the answers kept beside those that stand, by question, oldest first."""
    found: dict[str, list[AnswerRevision]] = {}
    waiting = evaluation.revisions.filter(conflicting=True, settled_at__isnull=True)
    for revision in waiting.select_related("author").order_by("number"):
        found.setdefault(revision.key, []).append(revision)
    return found


def clean(evaluation: Evaluation, key: str, given: Given) -> Given:
    """Return what is kept of ``given``; raises ``InvalidAnswer``."""
    question = evaluation.version.content.questions.get(key)
    if question is None:
        raise InvalidAnswer(key, _("This question is not in the grid."))
    reason = clean_text(key, given.reason, LONGEST_REASON)
    comment = clean_text(key, given.comment, LONGEST_COMMENT)
    if given.not_applicable:
        if not question.may_be_not_applicable:
            raise InvalidAnswer(key, _("This question applies to everybody: answer it."))
        return Given(not_applicable=True, reason=reason, comment=comment)
    try:
        kind = kind_of(question)
    except KeyError:
        raise InvalidAnswer(
            key, _("The plug-in of this question is not installed any more.")
        ) from None
    value = None if given.value is None else kind.clean(question, given.value)
    return Given(value=value, comment=comment)


def lock_open(evaluation: Evaluation) -> None:
    """Hold the evaluation until the end of the transaction; raises ``EvaluationNotOpen``."""
    row = Evaluation.objects.select_for_update().get(pk=evaluation.pk)
    if row.state not in (EvaluationState.DRAFT, EvaluationState.SHARED):
        raise EvaluationNotOpen(evaluation)


def _touch(evaluation: Evaluation) -> None:
    Evaluation.objects.filter(pk=evaluation.pk).update(touched_at=timezone.now())


def _merge(
    evaluation: Evaluation, key: str, given: Given, base: int, user: Any, save_id: uuid.UUID
) -> Saved:
    current = evaluation.answers.filter(key=key).first()
    again = evaluation.revisions.filter(key=key, save_id=save_id).first()
    if again is not None:
        return Saved(current, again if again.conflicting and not again.settled_at else None)
    stands = Given.of(current)
    seen = _given_at(evaluation, key, base)
    merged, conflicts = _three_way(seen, stands, given)
    if conflicts:
        return Saved(
            current, _revise(evaluation, key, given, base, user, save_id, conflicting=True)
        )
    if merged == stands:
        return Saved(current)
    return Saved(_stand(evaluation, key, merged, base, user, save_id))


def _stood_at(evaluation: Evaluation, key: str, number: int) -> int:
    """Return the revision that stood when ``number`` was the last; 0 when none did."""
    stood = evaluation.revisions.filter(key=key, number__lte=number, conflicting=False)
    return stood.aggregate(last=Max("number"))["last"] or 0


def _given_at(evaluation: Evaluation, key: str, number: int) -> Given:
    seen = evaluation.revisions.filter(key=key, number=number, conflicting=False)
    return Given.of(seen.first())


def _three_way(seen: Given, stands: Given, given: Given) -> tuple[Given, bool]:
    """Return ``stands`` with what ``given`` changed of ``seen``, and whether the two differ."""
    position, differ = _side(seen.position, stands.position, given.position)
    comment, comments_differ = _side(seen.comment, stands.comment, given.comment)
    value, not_applicable, reason = position
    merged = replace(
        given, value=value, not_applicable=not_applicable, reason=reason, comment=comment
    )
    return merged, differ or comments_differ


def _side(seen: Any, stands: Any, given: Any) -> tuple[Any, bool]:
    if given == seen:
        return stands, False
    return given, stands not in (seen, given)


def _stand(
    evaluation: Evaluation, key: str, given: Given, base: int, user: Any, save_id: uuid.UUID
) -> Answer:
    revision = _revise(evaluation, key, given, base, user, save_id)
    answer, _created = Answer.objects.update_or_create(
        evaluation=evaluation,
        key=key,
        defaults={
            "value": given.value,
            "not_applicable": given.not_applicable,
            "reason": given.reason,
            "comment": given.comment,
            "revision": revision.number,
            "updated_at": revision.saved_at,
            "updated_by": revision.author,
        },
    )
    return answer


def _revise(
    evaluation: Evaluation,
    key: str,
    given: Given,
    base: int,
    user: Any,
    save_id: uuid.UUID,
    *,
    conflicting: bool = False,
) -> AnswerRevision:
    last = evaluation.revisions.filter(key=key).aggregate(last=Max("number"))["last"] or 0
    return AnswerRevision.objects.create(
        evaluation=evaluation,
        key=key,
        number=last + 1,
        base=min(base, last),
        author=user,
        save_id=save_id,
        conflicting=conflicting,
        value=given.value,
        not_applicable=given.not_applicable,
        reason=given.reason,
        comment=given.comment,
    )
