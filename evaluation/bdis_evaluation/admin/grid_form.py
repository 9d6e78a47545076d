"""The form of a draft: what is wrong is named by theme, question and field."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.blocks import ListBlockValidationError, StructBlockValidationError
from wagtail.blocks.stream_block import StreamBlockValidationError

from bdis_evaluation.grids.blocks import read_content
from bdis_evaluation.grids.checking import problems

MOST_SAID = 20


class FormNotWhole(Exception):
    """What came is not what the form of a grid sends: fields lack, or counts are no numbers."""

    def __str__(self) -> str:
        return _("The form did not come whole: nothing was saved. Write again what you changed.")


class GridVersionForm(WagtailAdminModelForm):
    """Themes and questions of a draft."""

    def full_clean(self) -> None:
        """Raise ``FormNotWhole`` where Wagtail would fail to read the blocks."""
        if self.is_bound:
            try:
                self.fields["themes"].widget.value_from_datadict(
                    self.data, self.files, self.add_prefix("themes")
                )
            except (KeyError, TypeError, ValueError) as error:
                raise FormNotWhole from error
        super().full_clean()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if "themes" in data:
            found = problems(read_content(data["themes"].get_prep_value()))
            said = [str(problem) for problem in found]
        else:
            typed = self.fields["themes"].widget.value_from_datadict(
                self.data, self.files, self.add_prefix("themes")
            )
            errors = self.errors.as_data().get("themes", [])
            said = [one for error in errors for one in _named(typed, error, [])]
            for error in errors:  # Wagtail's own is in English, and says nothing
                error.message = _("some fields are to be corrected.")
        for sentence in said[:MOST_SAID]:
            self.add_error(None, sentence)
        return data


def _named(value: Any, error: ValidationError, place: list[str]) -> Iterator[str]:
    """Yield the errors of blocks, each after the titles of what holds it."""
    block_errors: Any = getattr(error, "block_errors", None)
    if isinstance(error, StreamBlockValidationError):
        for index, inner in block_errors.items():
            child = value[index]
            yield from _named(child.value, inner, [*place, _name_of(child)])
    elif isinstance(error, StructBlockValidationError):
        for name, inner in block_errors.items():
            label = str(value.block.child_blocks[name].label)
            # Only lists of themes and questions have no name of their own.
            inside = place if name == "items" else [*place, label]
            yield from _named(value.get(name), inner, inside)
    elif isinstance(error, ListBlockValidationError):
        for index, inner in block_errors.items():
            yield from _named(value[index], inner, [*place, str(index + 1)])
    else:
        yield _said(place, " ".join(error.messages))
    if block_errors is not None:
        for message in getattr(error, "non_block_errors", ()):
            yield _said(place, str(message))


def _name_of(child: Any) -> str:
    words = child.value.get("title") or child.value.get("text") or child.value.get("key") or "…"
    return _("%(kind)s “%(words)s”") % {"kind": child.block.label, "words": words}


def _said(place: list[str], reason: str) -> str:
    return _("%(place)s: %(reason)s") % {"place": ", ".join(place), "reason": reason}
