"""The table of the desk as a spreadsheet, without anything personal."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from openpyxl import Workbook

from bdis_cms.models import InitiativePage
from bdis_evaluation.accompanying.rows import DeskRow, desk_rows
from bdis_evaluation.accompanying.states import with_desk

_AT_ONCE = 500
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def heads() -> list[str]:
    """Return the titles of the columns."""
    return [
        *(_("Number"), _("Initiative"), _("Commune"), _("Region"), _("State")),
        *(_("Answered (%)"), _("Theme where it is stuck"), _("Last worked on")),
        *(_("Finished on"), _("Next due on"), _("Overdue"), _("Kind"), _("Accompanied")),
    ]


def table(pages: QuerySet[InitiativePage]) -> Iterator[list[Any]]:
    """Yield the lines of the table, some hundred initiatives at a time."""
    yield heads()
    keys = list(pages.order_by("title", "pk").values_list("pk", flat=True))
    for start in range(0, len(keys), _AT_ONCE):
        some = with_desk(InitiativePage.objects.filter(pk__in=keys[start : start + _AT_ONCE]))
        yield from (_cells(row) for row in desk_rows(list(some.order_by("title", "pk"))))


def _cells(row: DeskRow) -> list[Any]:
    one = row.evaluation
    yes, no = _("yes"), _("no")
    return [
        row.page.pk,
        row.page.title,
        row.page.commune.name if row.page.commune else "",
        row.region,
        str(row.state.label),
        row.percent,
        row.stuck,
        row.touched_on,
        row.finished_on,
        row.due_on,
        yes if row.is_overdue else no,
        one.get_kind_display() if one else "",
        yes if one and one.accompanist_id else no,
    ]


def safe(value: Any) -> Any:
    """Keep a text that looks like a formula from being one in a spreadsheet."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def as_csv(lines: Iterable[list[Any]]) -> bytes:
    """Return lines as CSV that French spreadsheets open: UTF-8 with its mark, semicolons."""
    file = io.StringIO()
    file.write("\ufeff")
    writer = csv.writer(file, delimiter=";")
    writer.writerows([safe(value) for value in line] for line in lines)
    return file.getvalue().encode()


def as_xlsx(lines: Iterable[list[Any]]) -> bytes:
    """Return lines as a workbook of one sheet."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Progress approach"))
    for line in lines:
        sheet.append([safe(str(value)) if isinstance(value, str) else value for value in line])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


FORMATS = {
    "csv": ("text/csv; charset=utf-8", as_csv),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", as_xlsx),
}
