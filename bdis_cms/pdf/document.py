"""A document of the directory, written from top to bottom, then rendered as a PDF."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, partial
from html import escape
from io import BytesIO
from pathlib import Path
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    CondPageBreak,
    Flowable,
    HRFlowable,
    PageBreak,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    Table,
)

_FONTS = {"Atkinson": "atkinson", "Atkinson-Bold": "atkinson-bold", "Bricolage": "bricolage"}
_MARGIN = 24 * mm
_FRAME = 6  # what ReportLab leaves around a frame, in points
#: Colours of the light theme: see the tokens of the stylesheet.
INK, MUTED, LINE, BRAND = (HexColor(code) for code in ("#15302a", "#5a6b63", "#ded5c3", "#0f6b57"))


class Document:
    """Title, facts, headings and paragraphs in the fonts of the site.

    Texts are plain: what looks like markup is written as it is.
    """

    def __init__(self, *, title: str, author: str, subject: str = "") -> None:
        _register_fonts()
        self.properties = {"title": title, "author": author, "subject": subject}
        self.flow: list[Flowable] = []

    def mark(self, text: str) -> None:
        """Write the name of the network, small, above the title."""
        self._add(text, "mark")

    def title(self, text: str) -> None:
        """Write the title of the document."""
        self._add(text, "title")

    def lead(self, text: str) -> None:
        """Write what the document is about, large."""
        self._add(text, "lead")

    def heading(self, text: str) -> None:
        """Write the title of a part."""
        self._add(text, "heading")

    def subheading(self, text: str) -> None:
        """Write the title of a section."""
        self._add(text, "subheading")

    def paragraph(self, text: str) -> None:
        """Write a paragraph; its lines stay lines."""
        for line in text.split("\n"):
            self._add(line, "item" if line.startswith("– ") else "body")

    def facts(self, rows: Sequence[tuple[str, str]]) -> None:
        """Write what is known, label by label."""
        self.table([], [[label, value] for label, value in rows], widths=(0.3, 0.7))

    def table(
        self,
        head: Sequence[str],
        rows: Sequence[Sequence[str | Flowable]],
        widths: Sequence[float] | None = None,
    ) -> None:
        """Write a table; ``widths`` are fractions of the width, the same for all by default.

        A cell is a text or a drawing.
        """
        cells: list[list[Flowable]] = [[_paragraph(cell, "label") for cell in head]] if head else []
        cells += [
            [_cell(cell, "fact" if head or n else "label") for n, cell in enumerate(row)]
            for row in rows
        ]
        if not cells:
            return
        shares = widths or [1 / len(cells[0])] * len(cells[0])
        table = Table(
            cells,
            colWidths=[share * (A4[0] - 2 * _MARGIN) for share in shares],
            repeatRows=1 if head else 0,
            splitInRow=1,  # a text may be longer than a page
        )
        table.setStyle(
            [
                ("LINEBELOW", (0, 0), (-1, -1), 0.5, LINE),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (0, -1), 0),
                ("TOPPADDING", (0, 0), (-1, -1), 5),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 5),
            ]
        )
        self.flow += [table, Spacer(1, 6 * mm)]

    def note(self, text: str) -> None:
        """Write something beside the matter, small."""
        self._add(text, "note")

    def rule(self) -> None:
        """Draw a thick line, in the colour of the network."""
        line = HRFlowable(width="100%", thickness=3, color=BRAND, spaceBefore=4, spaceAfter=14)
        self.flow.append(line)

    def new_page(self) -> None:
        """Go on at the top of a page."""
        self.flow.append(PageBreak())

    def keep(self, millimetres: float) -> None:
        """Go on at the top of a page unless that much is left of this one."""
        self.flow.append(CondPageBreak(millimetres * mm))

    def space(self, millimetres: float) -> None:
        """Leave a blank."""
        self.flow.append(Spacer(1, millimetres * mm))

    def picture(self, drawing: Flowable) -> None:
        """Add a drawing of ReportLab, such as a chart."""
        self.flow += [drawing, Spacer(1, 4 * mm)]

    def render(self, *, foot: str = "") -> bytes:
        """Return the bytes of the PDF; ``foot`` is written under each page, with its number."""
        file = BytesIO()
        document = _Outlined(
            file,
            pagesize=A4,
            leftMargin=_MARGIN - _FRAME,
            rightMargin=_MARGIN - _FRAME,
            topMargin=_MARGIN - _FRAME,
            bottomMargin=_MARGIN - _FRAME,
            lang="fr",
            # Neither date nor random number: the same document has the same bytes.
            invariant=1,
            **self.properties,
        )
        draw = partial(_foot, foot)
        document.build(list(self.flow), onFirstPage=draw, onLaterPages=draw)
        return file.getvalue()

    def _add(self, text: str, style: str) -> None:
        self.flow.append(_paragraph(text, style))


class _Outlined(SimpleDocTemplate):
    """A document whose titles are its bookmarks."""

    _LEVELS: ClassVar = {"title": 0, "heading": 0, "subheading": 1}

    def afterFlowable(self, flowable: Flowable) -> None:  # noqa: N802 - the name ReportLab calls
        level = self._LEVELS.get(getattr(flowable, "bookmark", ""))
        if level is None:
            return
        self._marks = getattr(self, "_marks", 0) + 1
        key = f"part-{self._marks}"
        self.canv.bookmarkPage(key)
        self.canv.addOutlineEntry(flowable.getPlainText(), key, level, closed=False)
        self.canv.showOutline()


def _foot(text: str, canvas: Canvas, document: Any) -> None:
    canvas.saveState()
    canvas.setFont("Atkinson", 8.5)
    canvas.setFillColor(MUTED)
    canvas.drawString(_MARGIN, 12 * mm, text)
    number = _("page %(number)s") % {"number": document.page}
    canvas.drawRightString(A4[0] - _MARGIN, 12 * mm, number)
    canvas.restoreState()


def _cell(cell: str | Flowable, style: str) -> Flowable:
    return _paragraph(cell, style) if isinstance(cell, str) else cell


def _paragraph(text: str, style: str) -> Paragraph:
    # ReportLab breaks lines at narrow no-break spaces, which the other kind does not suffer.
    markup = escape(text).replace("\u202f", "\u00a0").replace("\n", "<br/>")
    paragraph = Paragraph(markup, _styles()[style])
    paragraph.bookmark = style
    return paragraph


@cache
def _register_fonts() -> None:
    for name, file in _FONTS.items():
        path = Path(__file__).parent / "fonts" / f"{file}.ttf"
        pdfmetrics.registerFont(TTFont(name, str(path)))
    pdfmetrics.registerFontFamily("Atkinson", normal="Atkinson", bold="Atkinson-Bold")


@cache
def _styles() -> dict[str, ParagraphStyle]:
    body = ParagraphStyle(
        "body", fontName="Atkinson", fontSize=11, leading=16, textColor=INK, spaceAfter=7
    )

    def style(name: str, **changes: Any) -> ParagraphStyle:
        return ParagraphStyle(name, parent=body, **changes)

    bold = {"fontName": "Atkinson-Bold"}
    titles = {"fontName": "Bricolage", "keepWithNext": 1}
    return {
        "body": body,
        "item": style("item", leftIndent=14, firstLineIndent=-10, spaceAfter=3),
        "mark": style("mark", **bold, fontSize=10, textColor=BRAND, spaceAfter=14),
        "title": style("title", **titles, fontSize=26, leading=30, spaceAfter=10),
        "lead": style("lead", fontSize=16, leading=21, spaceAfter=14),
        "heading": style("heading", **titles, fontSize=17, leading=21, spaceBefore=8),
        "subheading": style("sub", **bold, fontSize=12, spaceBefore=8, keepWithNext=1),
        "note": style("note", fontSize=9.5, leading=13, textColor=MUTED, spaceAfter=5),
        "label": style("label", fontSize=9.5, leading=13, textColor=MUTED, spaceAfter=0),
        "fact": style("fact", fontSize=10.5, leading=14, spaceAfter=0),
    }
