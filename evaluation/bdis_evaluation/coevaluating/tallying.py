"""How many were asked and have finished, without telling who."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from bdis_evaluation.coevaluating.side_by_side import FEWEST
from bdis_evaluation.models import Evaluation, Invitation, InvitedGroup


@dataclass(frozen=True)
class GroupTally:
    """A group of people asked; ``finished`` is ``None`` while it would tell who has."""

    label: str
    asked: int
    finished: int | None


@dataclass(frozen=True)
class Tally:
    """Who was asked: people by groups, then peers, who answer in their name."""

    groups: tuple[GroupTally, ...]
    asked: int
    finished: int | None
    people: tuple[Invitation, ...]
    peers: tuple[Invitation, ...]

    @property
    def is_enough(self) -> bool:
        """Whether the answers of people will be shown."""
        return self.finished is not None


def tally(evaluation: Evaluation) -> Tally:
    """Count the invitations of an evaluation, in one query.

    The number of people who have finished is told from three on; that of a group too, and only
    if those who remain are none or three at least, so that nobody is told by subtraction.
    """
    standing = Invitation.objects.filter(evaluation=evaluation).standing().select_related("peer")
    found = list(standing.order_by("group", "email", "peer__title", "pk"))
    people = [one for one in found if one.peer is None]
    peers = [one for one in found if one.peer is not None]
    asked = Counter(one.group for one in people)
    finished = Counter(one.group for one in people if one.answered_at is not None)
    total = sum(finished.values())
    told = {group for group, count in finished.items() if count >= FEWEST}
    rest = total - sum(finished[group] for group in told)
    if 0 < rest < FEWEST:
        told = set()
    groups = tuple(
        GroupTally(str(label), asked[group], finished[group] if group in told else None)
        for group, label in InvitedGroup.choices
        if asked[group]
    )
    return Tally(
        groups,
        asked=len(people),
        finished=total if total >= FEWEST else None,
        people=tuple(people),
        peers=tuple(peers),
    )
