"""The answers of guests beside those of the initiative, without giving anybody away.

Stakeholders answer in confidence, and nothing of it is read before the gathering is over: else the
fourth answer would be the difference between two looks. What they say is shown as a spread, from
three of them on; a group (users, employees…) is shown apart from three on too, and only if those
who remain are none or three at least: else a subtraction would tell who said what. Peers are
initiatives: they answer in their name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bdis_evaluation.coevaluating.closing import require_gathered
from bdis_evaluation.grids.content import Question, Theme
from bdis_evaluation.grids.kinds import kind_of, question_kinds
from bdis_evaluation.models import Answer, Evaluation, GuestAnswer, Invitation, InvitedGroup

#: Below, the answers of stakeholders are not shown.
FEWEST = 3
#: From which distance between two shares (0 to 1) the two points of view diverge.
DIVERGENCE = 0.3


@dataclass(frozen=True)
class Spread:
    """What several people said to a question: values in words, and how many said each."""

    group: str  # "" : all stakeholders together
    count: int
    values: tuple[tuple[str, int], ...]
    mean: float | None  # of their shares, 0 to 1


@dataclass(frozen=True)
class PeerAnswer:
    """What a peer said, in its name."""

    peer: str
    said: str
    comment: str
    share: float | None


@dataclass(frozen=True)
class Row:
    """A question, seen by the initiative and by its guests."""

    question: Question
    own: Answer | None
    own_share: float | None
    stakeholders: Spread | None
    groups: tuple[Spread, ...]
    comments: tuple[str, ...]
    peers: tuple[PeerAnswer, ...]
    #: Positive: the others see better than the initiative does; ``None``: nothing to compare.
    gap: float | None

    @property
    def diverges(self) -> bool:
        """Whether the two points of view are far enough apart to be talked about."""
        return self.gap is not None and abs(self.gap) >= DIVERGENCE


@dataclass(frozen=True)
class Guest:
    """What a guest who has finished said."""

    group: str
    peer: str
    answers: Mapping[str, GuestAnswer]


def side_by_side(evaluation: Evaluation) -> list[tuple[Theme, list[Row]]]:
    """Return every question of the grid with both points of view, in three queries.

    Raises ``GatheringNotOver``.
    """
    require_gathered(evaluation)
    own = {answer.key: answer for answer in evaluation.answers.all()}
    guests = _guests(evaluation)
    return [
        (theme, [row_of(question, own.get(question.key), guests) for question in theme.questions])
        for theme in evaluation.version.content
    ]


def row_of(question: Question, own: Answer | None, guests: Sequence[Guest]) -> Row:
    """Return one question with both points of view; nothing of others once its plug-in is gone."""
    kind = question_kinds().get(question.kind)
    if kind is None:
        return Row(question, own, None, None, (), (), (), None)
    said = [
        (guest, guest.answers[question.key]) for guest in guests if question.key in guest.answers
    ]
    valued = [(guest, answer) for guest, answer in said if answer.value is not None]
    others = [(guest, answer) for guest, answer in valued if not guest.peer]
    stakeholders = _spread(question, "", [answer for _guest, answer in others])
    peers = tuple(
        PeerAnswer(
            guest.peer,
            kind.display(question, answer.value),
            answer.comment,
            kind.share(question, answer.value),
        )
        for guest, answer in valued
        if guest.peer
    )
    comments = sorted(answer.comment for guest, answer in said if answer.comment and not guest.peer)
    has_value = own is not None and own.value is not None
    own_share = kind.share(question, own.value) if own is not None and has_value else None
    seen = [stakeholders.mean] if stakeholders else []
    seen += [peer.share for peer in peers]
    shares = [share for share in seen if share is not None]
    comparable = own_share is not None and shares
    return Row(
        question=question,
        own=own,
        own_share=own_share,
        stakeholders=stakeholders,
        groups=tuple(_groups(question, others)),
        # In alphabetical order, which is nobody's; and never so few that they are signed.
        comments=tuple(comments) if stakeholders and len(comments) >= FEWEST else (),
        peers=peers,
        gap=sum(shares) / len(shares) - own_share if comparable else None,  # type: ignore[operator]
    )


def _groups(question: Question, others: Iterable[tuple[Guest, GuestAnswer]]) -> Iterable[Spread]:
    by_group: dict[str, list[GuestAnswer]] = {}
    for guest, answer in others:
        by_group.setdefault(guest.group, []).append(answer)
    total = sum(map(len, by_group.values()))
    shown = {group: answers for group, answers in by_group.items() if len(answers) >= FEWEST}
    if 0 < total - sum(map(len, shown.values())) < FEWEST:
        return
    for group in InvitedGroup.values:
        spread = _spread(question, group, shown.get(group, []))
        if spread:
            yield spread


def _spread(question: Question, group: str, answers: Sequence[GuestAnswer]) -> Spread | None:
    if len(answers) < FEWEST:
        return None
    kind = kind_of(question)
    by_value: Counter[Any] = Counter()
    words: dict[Any, tuple[float, str]] = {}
    shares = []
    for answer in answers:
        said = kind.display(question, answer.value)
        share = kind.share(question, answer.value)
        by_value[said] += 1
        words[said] = (share if share is not None else 0.0, said)
        if share is not None:
            shares.append(share)
    if not shares:
        # Texts and figures are as many as those who wrote them: they would be shown one by one.
        return Spread(group, len(answers), (), None)
    ordered = sorted(by_value, key=lambda said: words[said])
    values = tuple((said, by_value[said]) for said in ordered)
    return Spread(group, len(answers), values, sum(shares) / len(shares))


def _guests(evaluation: Evaluation) -> list[Guest]:
    found = Invitation.objects.filter(evaluation=evaluation).answered().select_related("peer")
    return [
        Guest(
            group=invitation.group,
            peer=invitation.peer.title if invitation.peer else "",
            answers={answer.key: answer for answer in invitation.answers.all()},
        )
        for invitation in found.prefetch_related("answers")
    ]
