"""Forms of evaluations and commitments."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bdis_evaluation.grids.content import Theme
from bdis_evaluation.models import Commitment, EvaluationKind, GridVersion

MOST_COMMITMENTS = 20
_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class BeginForm(forms.Form):
    """Which grid, and with whom."""

    version = forms.ModelChoiceField(
        queryset=GridVersion.objects.none(),
        error_messages={
            "required": _("Choose the grid you begin with."),
            "invalid_choice": _("This grid changed meanwhile: choose among those below."),
        },
    )
    kind = forms.ChoiceField(
        choices=[
            (EvaluationKind.SELF, _("Between us")),
            (EvaluationKind.ASSISTED, _("With somebody of our network who helps us")),
        ],
        initial=EvaluationKind.SELF,
        error_messages={"required": _("Say whether somebody helps you.")},
    )

    def __init__(self, *args: Any, versions: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].queryset = versions  # type: ignore[attr-defined]


class CommitmentForm(forms.ModelForm):
    """A commitment that an evaluation ends with."""

    theme = forms.ChoiceField(label=_("Theme"), required=False)

    class Meta:
        model = Commitment
        fields = ["aim", "measure", "owner", "due_on", "theme"]
        labels = {
            "aim": _("What we will improve"),
            "measure": _("How we will see it"),
            "owner": _("Who takes care of it"),
            "due_on": _("Until when"),
        }
        widgets = {"due_on": _DAY}
        error_messages = {
            "aim": {"required": _("Say what you will improve.")},
            "due_on": {
                "required": _("Say until when."),
                "invalid": _("Give a day, such as 30/06/2027."),
            },
        }

    def __init__(self, *args: Any, themes: Iterable[Theme], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("No theme in particular")), *((one.code, one.title) for one in themes)]
        self.fields["theme"].choices = choices  # type: ignore[attr-defined]
        # The day as it is kept; a text such as "30/06/2027" is read too, without a date picker.
        self.fields["due_on"].localize = False

    def clean_due_on(self) -> Any:
        due_on = self.cleaned_data["due_on"]
        if due_on and "due_on" in self.changed_data and due_on <= timezone.localdate():
            raise forms.ValidationError(_("Choose a day to come."))
        return due_on


CommitmentFormSet = forms.modelformset_factory(
    Commitment,
    form=CommitmentForm,
    extra=1,
    max_num=MOST_COMMITMENTS,
    absolute_max=MOST_COMMITMENTS,
    validate_max=True,
    can_delete=True,
)


class ReasonForm(forms.Form):
    """Why an evaluation stops."""

    reason = forms.CharField(
        label=_("Why you stop here"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say why, in a few words.")},
    )


class CommitmentActForm(forms.Form):
    """What becomes of a commitment."""

    act = forms.ChoiceField(
        label=_("What became of it"),
        choices=[
            ("kept", _("It is kept")),
            ("moved", _("It needs more time")),
            ("dropped", _("We give it up")),
        ],
        error_messages={"required": _("Choose what became of it.")},
    )
    due_on = forms.DateField(label=_("New day"), required=False, widget=_DAY)
    reason = forms.CharField(
        label=_("In a few words"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        act = cleaned.get("act")
        if act in ("moved", "dropped") and not cleaned.get("reason"):
            self.add_error("reason", _("Say why, in a few words: those who come after will know."))
        if act == "moved" and not cleaned.get("due_on") and not self.has_error("due_on"):
            self.add_error("due_on", _("Give the new day."))
        return cleaned
