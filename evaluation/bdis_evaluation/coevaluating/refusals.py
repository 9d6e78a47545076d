"""Why an act of a co-evaluation is refused, in the words of who is told."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.utils.translation import gettext as _


class CoevaluationRefused(Exception):
    """An act of a co-evaluation that is refused; its text is for who asked."""


@dataclass
class NotADraftEvaluation(CoevaluationRefused):
    """Others are answering already, or the evaluation is over."""

    def __str__(self) -> str:
        return _("Others were asked already, or this evaluation is over.")


@dataclass
class NotGathering(CoevaluationRefused):
    """Opinions are not, or no longer, gathered."""

    def __str__(self) -> str:
        return _("Opinions are not being gathered: nobody can be asked, nor answer.")


@dataclass
class EndNotAhead(CoevaluationRefused):
    """The last day to answer is past, or too far away."""

    until: datetime.date

    def __str__(self) -> str:
        return _("Choose a last day to answer from tomorrow on, within six months.")


@dataclass
class MeetingChanged(CoevaluationRefused):
    """Somebody else wrote in the meeting since it was shown."""

    def __str__(self) -> str:
        return _(
            "Somebody else has just saved this meeting. What you typed is still here: open the "
            "page in another tab to see what they wrote, then save again to replace it."
        )


@dataclass
class SomebodyWasAsked(CoevaluationRefused):
    """Going back would break a promise made to people."""

    def __str__(self) -> str:
        return _("Somebody was asked already: close the gathering instead.")


@dataclass
class AlreadyInvited(CoevaluationRefused):
    """The address or the peer was asked for this evaluation."""

    who: str

    def __str__(self) -> str:
        return _("%(who)s was asked already.") % {"who": self.who}


@dataclass
class TooManyInvited(CoevaluationRefused):
    """As many were asked as may be."""

    most: int

    def __str__(self) -> str:
        return _("%(most)s people and peers were asked: that is the most for one evaluation.") % {
            "most": self.most
        }


@dataclass
class TooManyMails(CoevaluationRefused):
    """So many e-mails would be a nuisance."""

    def __str__(self) -> str:
        return _("Too many e-mails were sent today, in all or to that address: try tomorrow.")


@dataclass
class MailNotSent(CoevaluationRefused):
    """The e-mail did not go; nothing was kept."""

    def __str__(self) -> str:
        return _("The e-mail could not be sent. Nothing was kept: try again later.")


@dataclass
class PeerNotProposed(CoevaluationRefused):
    """The initiative is not a public, adhering one of the region, or nobody would answer."""

    def __str__(self) -> str:
        return _("This initiative cannot be asked: choose among those proposed.")


@dataclass
class PeerLinked(CoevaluationRefused):
    """The two initiatives are declared to be linked."""

    peer: str

    def __str__(self) -> str:
        return _("%(peer)s is linked to you: ask a peer who looks from outside.") % {
            "peer": self.peer
        }


@dataclass
class NothingSaid(CoevaluationRefused):
    """Somebody has finished without a single answer."""

    def __str__(self) -> str:
        return _("Answer one question at least before you finish.")


@dataclass
class NotTodayYet(CoevaluationRefused):
    """A meeting that is recorded was held."""

    on: datetime.date

    def __str__(self) -> str:
        return _("Give the day on which the meeting was held: today at the latest.")
