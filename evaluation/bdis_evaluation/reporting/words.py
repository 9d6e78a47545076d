"""Sentences of a report, the same on the page and in the PDF."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bdis_cms.templatetags.bdis import long_date
from bdis_evaluation.reporting.commitments import ReportedCommitment
from bdis_evaluation.reporting.content import Report, ReportedTheme, Way
from bdis_evaluation.reporting.others import Talked
from bdis_evaluation.reporting.people import TookPart


def facts(report: Report) -> list[tuple[str, str]]:
    """Return what the cover says, label by label."""
    evaluation = report.evaluation
    days = {"begun": long_date(evaluation.started_at), "ended": long_date(evaluation.closed_at)}
    charter = ""
    if report.charter_since:
        signed = {"day": long_date(report.charter_since), "number": report.charter_version}
        charter = _("Signed on %(day)s") % signed
        if report.charter_version:
            charter = _("Version %(number)s signed on %(day)s") % signed
    rows = [
        (_("Place"), report.place),
        (_("Kind of evaluation"), str(evaluation.get_kind_display())),
        (_("Grid"), str(evaluation.version)),
        (_("Cycle"), _("From %(begun)s to %(ended)s") % days),
        (_("Who took part"), " ".join(people(report.people))),
        (_("Charter of the network"), charter),
    ]
    return [(label, value) for label, value in rows if value]


def people(found: TookPart) -> list[str]:
    """Say who took part, in numbers."""
    told = []
    if found.contributors:
        told.append(
            ngettext(
                "%(count)d person answered for the initiative.",
                "%(count)d people answered for the initiative.",
                found.contributors,
            )
            % {"count": found.contributors}
        )
    if found.stakeholders:
        groups = ", ".join(f"{label.lower()}\u202f: {count}" for label, count in found.groups)
        count = {"count": found.stakeholders, "groups": f" ({groups})" if groups else ""}
        told.append(_("%(count)d stakeholders said how they see it%(groups)s.") % count)
    elif found.asked:
        told.append(_("Stakeholders were asked; too few answered to be counted here."))
    if found.peers:
        told.append(
            ngettext(
                "%(count)d other initiative looked at it, as a peer.",
                "%(count)d other initiatives looked at it, as peers.",
                found.peers,
            )
            % {"count": found.peers}
        )
    if found.met_on:
        told.append(_("Joint meeting on %(day)s.") % {"day": long_date(found.met_on)})
    if found.evaluated_by:
        told.append(_("Outside evaluation by %(name)s.") % {"name": found.evaluated_by})
    return told


def method(report: Report) -> list[str]:
    """Say how the report was made, and what it is not."""
    grid = report.evaluation.grid.title
    told = [
        _(
            "The initiative answered the questions of the grid “%(grid)s” theme by theme. Each "
            "level is described in words: a bar shows how far the answers are on the way from the "
            "first level to the last."
        )
        % {"grid": grid},
        _("It is neither a mark nor a label: no total is made, no initiative is ranked."),
    ]
    if report.ways:
        told.append(
            _(
                "Cycles are compared on the questions that were asked in the same way in each of "
                "them; a question that changed is left out of the comparison."
            )
        )
    if report.shows_others:
        told.append(
            _(
                "Stakeholders answered in confidence: their answers are shown together, from "
                "three of them on."
            )
        )
    if report.left_out:
        told.append(
            ngettext(
                "The initiative left %(count)d theme out of this report.",
                "The initiative left %(count)d themes out of this report.",
                report.left_out,
            )
            % {"count": report.left_out}
        )
    return told


def answered(theme: ReportedTheme) -> str:
    """Say how much of a theme was answered."""
    return _("%(answered)d of %(awaited)d") % {
        "answered": theme.answered,
        "awaited": theme.awaited,
    }


def compared(way: Way) -> str:
    """Say on how many questions cycles are compared."""
    if not way.compared:
        return _("Not comparable: no question stayed the same.")
    return _("On equal questions: %(compared)d of %(asked)d") % {
        "compared": way.compared,
        "asked": way.asked,
    }


def spread(one: Talked) -> str:
    """Say what stakeholders answered, all together."""
    return ", ".join(f"{said}\u202f: {count}" for said, count in one.spread)


def for_what(one: ReportedCommitment) -> str:
    """Say the measure, the owner and the theme of a commitment."""
    return " — ".join(part for part in (one.measure, one.owner, one.theme) if part)
