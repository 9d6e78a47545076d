"""The report as a PDF: the same content, the same bytes."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from bdis_cms.pdf import Document
from bdis_cms.templatetags.bdis import long_date, network_name
from bdis_evaluation.reporting import words
from bdis_evaluation.reporting.commitments import ReportedCommitment
from bdis_evaluation.reporting.content import Report, ReportedTheme
from bdis_evaluation.reporting.drawings import bar_drawing, line_drawing, mark_drawing


def report_pdf(report: Report) -> bytes:
    """Return the report as a PDF, in the language of the site."""
    with override(settings.LANGUAGE_CODE):
        return _drawn(report)


def _drawn(report: Report) -> bytes:
    title = _("Report of our progress approach")
    document = Document(
        title=f"{title} — {report.title}", author=report.title, subject=str(report.evaluation.grid)
    )
    _cover(document, report, title)
    _themes(document, report)
    _ways(document, report)
    _talked(document, report)
    _commitments(document, report)
    _answers(document, report)
    _method(document, report)
    return document.render(foot=report.title[:90])


def _cover(document: Document, report: Report, title: str) -> None:
    document.picture(mark_drawing())
    document.mark(str(network_name()))
    document.space(52)
    document.title(report.title)
    document.lead(title)
    document.rule()
    document.facts(words.facts(report))
    document.new_page()


def _themes(document: Document, report: Report) -> None:
    document.heading(_("Where we are, theme by theme"))
    document.note(_("From the first level described in the questions to the last."))
    rows = [[one.title, _bar(one), one.words, words.answered(one)] for one in report.themes]
    head = (_("Theme"), _("Way gone"), _("In words"), _("Answers"))
    document.table(head, rows, widths=(0.3, 0.37, 0.2, 0.13))


def _bar(theme: ReportedTheme) -> object:
    return bar_drawing(theme.bar) if theme.bar else "—"


def _ways(document: Document, report: Report) -> None:
    if not report.ways:
        return
    document.keep(70)
    document.heading(_("How it moved over the cycles"))
    document.note(_("On the questions that were asked in the same way each time."))
    rows = []
    for way in report.ways:
        told = [f"{name}\u202f: {said}" for name, said in way.cycles]
        picture = line_drawing(way.line) if way.line else "—"
        rows.append([way.title, picture, "\n".join([*told, words.compared(way)])])
    head = (_("Theme"), _("Cycles"), _("In words"))
    document.table(head, rows, widths=(0.28, 0.37, 0.35))


def _talked(document: Document, report: Report) -> None:
    if not (report.has_talked or report.summary):
        return
    document.keep(60)
    document.heading(_("What we talked about with others"))
    if report.summary:
        document.paragraph(report.summary)
    for theme in report.themes:
        for one in theme.talked:
            document.keep(35)
            document.subheading(one.question)
            rows = [(_("What we said"), one.own)]
            if one.spread:
                label = _("What %(count)d stakeholders said") % {"count": one.count}
                rows.append((label, words.spread(one)))
            rows.append((_("What was agreed"), one.agreed))
            document.facts([row for row in rows if row[1]])


def _commitments(document: Document, report: Report) -> None:
    if report.commitments:
        document.keep(60)
        document.heading(_("What we commit ourselves to"))
        _promises(document, report.commitments)
    if report.earlier:
        document.keep(60)
        document.heading(_("What became of our earlier commitments"))
        _promises(document, report.earlier, earlier=True)


def _promises(
    document: Document, promises: tuple[ReportedCommitment, ...], *, earlier: bool = False
) -> None:
    head = (_("Commitment"), _("How it is seen, who takes care of it"), _("Until"))
    if earlier:
        head = (_("Commitment"), _("How it is seen, who takes care of it"), _("What became of it"))
    rows = [
        [
            one.aim,
            "\n".join(part for part in (one.measure, one.owner) if part),
            _fate(one) if earlier else long_date(one.due_on),
        ]
        for one in promises
    ]
    document.table(head, rows, widths=(0.34, 0.36, 0.3))


def _fate(one: ReportedCommitment) -> str:
    return f"{one.became}. {one.why}" if one.why else one.became


def _answers(document: Document, report: Report) -> None:
    told = [theme for theme in report.themes if theme.answers]
    if not told:
        return
    document.new_page()
    document.heading(_("Our answers"))
    for theme in told:
        document.keep(40)
        document.subheading(theme.title)
        rows = []
        for one in theme.answers:
            said = one.said or _("No answer")
            rows.append([one.question, f"{said}\n{one.comment}" if one.comment else said])
        document.table((_("Question"), _("Answer")), rows, widths=(0.5, 0.5))


def _method(document: Document, report: Report) -> None:
    document.keep(60)
    document.heading(_("How this report was made"))
    for told in words.method(report):
        document.paragraph(told)
