"""Forms of cycles."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from bdis_evaluation.cycles.rhythm import Rhythm, RhythmOf
from bdis_evaluation.cycles.sharing import NO_THEME, Choices
from bdis_evaluation.grids.content import GridContent
from bdis_evaluation.models import Evaluation, Shown
from bdis_evaluation.models.cycles import LONGEST_MONTHS, SHORTEST_MONTHS

_STEP = 6


def in_words(months: int) -> str:
    """Say how long a rhythm is."""
    return ngettext("%(n)s month", "%(n)s months", months) % {"n": months}


class RhythmForm(forms.Form):
    """How many months between two cycles; the usual rhythm, or one's own."""

    months = forms.TypedChoiceField(
        label=_("Between two evaluations"),
        coerce=int,
        empty_value=None,
        required=False,
        error_messages={"invalid_choice": _("Choose one of the rhythms below.")},
    )

    def __init__(self, *args: Any, usual: Rhythm, own: int | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["months"] = own or ""
        steps = {*range(SHORTEST_MONTHS, LONGEST_MONTHS + 1, _STEP), *([own] if own else [])}
        words = {"months": in_words(usual.months)}
        if usual.chosen_by == RhythmOf.REGION:
            first = _now("As our region proposes: %(months)s") % words
        else:
            first = _now("As the network proposes: %(months)s") % words
        choices = [("", first), *((n, in_words(n)) for n in sorted(steps))]
        self.fields["months"].choices = choices  # type: ignore[attr-defined]


class CyclesForm(forms.Form):
    """Which two cycles to compare; by default the last two."""

    de = forms.ModelChoiceField(label=_("From"), queryset=Evaluation.objects.none())
    a = forms.ModelChoiceField(label=_("To"), queryset=Evaluation.objects.none())

    def __init__(self, *args: Any, cycles: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("de", "a"):
            self.fields[name].queryset = cycles  # type: ignore[attr-defined]

    def clean(self) -> None:
        earlier, later = self.cleaned_data.get("de"), self.cleaned_data.get("a")
        if not earlier or not later:
            return
        if earlier.grid_id != later.grid_id:
            self.add_error("a", _("These two evaluations do not follow the same grid."))
        elif earlier.closed_at >= later.closed_at:
            self.add_error("a", _("Choose an evaluation that was finished after the first."))


class SharingForm(forms.Form):
    """What others see, theme by theme."""

    def __init__(self, *args: Any, content: GridContent, choices: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, shown in choices.items():
            theme = content.theme(code)
            levels = list(Shown.choices)
            if code == NO_THEME:
                levels = [one for one in levels if one[0] in (Shown.NOTHING, Shown.COMMITMENTS)]
            self.fields[self.name_of(code)] = forms.ChoiceField(
                label=theme.title if theme else _now("Commitments that belong to no theme"),
                choices=levels,
                initial=shown,
                error_messages={
                    "required": _("Say what others see of this theme."),
                    "invalid_choice": _("Choose one of the levels below."),
                },
            )
        self._codes = list(choices)

    @staticmethod
    def name_of(code: str) -> str:
        """Return the name of the field of a theme."""
        return f"theme-{code}"

    @property
    def choices(self) -> dict[str, str]:
        """What was chosen, by the code of the theme."""
        return {code: self.cleaned_data[self.name_of(code)] for code in self._codes}
