"""Forms of the co-evaluation in the space of an initiative."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from bdis_evaluation.coevaluating.gathering import USUAL_GATHERING
from bdis_evaluation.models import InvitedGroup

MOST_ADDRESSES = 20
_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
_SEPARATORS = re.compile(r"[\s,;]+")
_STAKEHOLDERS = [choice for choice in InvitedGroup.choices if choice[0] != InvitedGroup.PEERS]


def day_field(label: Any, required: Any) -> forms.DateField:
    """Return a field for a day, typed or picked."""
    return forms.DateField(
        label=label,
        widget=_DAY,
        error_messages={"required": required, "invalid": _("Give a day, such as 30/06/2027.")},
    )


class UntilForm(forms.Form):
    """Until when others answer."""

    until = day_field(_("Last day to answer"), _("Say until when people may answer."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["until"].initial = timezone.localdate() + USUAL_GATHERING


class AskForm(forms.Form):
    """Whom to ask: several addresses at once, all in one capacity."""

    group = forms.ChoiceField(
        label=_("In what capacity"),
        choices=_STAKEHOLDERS,
        error_messages={
            "required": _("Say in what capacity they know you."),
            "invalid_choice": _("Choose one of the capacities proposed."),
        },
    )
    emails = forms.CharField(
        label=_("E-mail addresses"),
        max_length=6_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Give one e-mail address at least.")},
    )

    def clean_emails(self) -> list[str]:
        addresses = [one for one in _SEPARATORS.split(self.cleaned_data["emails"].lower()) if one]
        wrong = [one for one in addresses if not _is_address(one)]
        problems = [
            ValidationError(
                _now("“%(address)s” is no e-mail address."), params={"address": one[:100]}
            )
            for one in wrong[:MOST_ADDRESSES]
        ]
        if len(set(addresses)) > MOST_ADDRESSES:
            problems.append(
                ValidationError(_now("Ask %d people at most at a time.") % MOST_ADDRESSES)
            )
        if problems:
            raise ValidationError(problems)
        return list(dict.fromkeys(addresses))


def _is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return len(text) <= 254


class MeetingForm(forms.Form):
    """When the meeting was held, who was there, what was said."""

    held_on = day_field(_("Day of the meeting"), _("Give the day of the meeting."))
    present = forms.CharField(
        label=_("Who was there"),
        help_text=_("In what capacity rather than by name: two employees, a partner town…"),
        max_length=1_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    summary = forms.CharField(
        label=_("What was said"),
        max_length=10_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
    )


class EvaluatorForm(forms.Form):
    """Who evaluates from outside, and their report."""

    name = forms.CharField(
        label=_("Name of the evaluator"),
        max_length=120,
        error_messages={"required": _("Give the name of the evaluator.")},
    )
    organisation = forms.CharField(
        label=_("Their organisation"),
        help_text=_("A firm, a university, another network…"),
        max_length=160,
        error_messages={"required": _("Give their organisation.")},
    )
    report = forms.FileField(label=_("Their report"), required=False)
