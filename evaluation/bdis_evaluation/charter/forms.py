"""Forms of whoever signs the charter, or withdraws."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bdis_cms.models import InitiativePage
from bdis_evaluation.charter.naming import NoWords, visible_words

_NAME = {"autocomplete": "name"}


def clean_words(name: str) -> Callable[[forms.Form], str]:
    """Return the ``clean_…`` of a field that says somebody: in letters, without hidden signs."""

    def clean(form: forms.Form) -> str:
        try:
            return visible_words(form.cleaned_data[name])
        except NoWords as error:
            raise forms.ValidationError(str(error)) from error

    return clean


class SigningForm(forms.Form):
    """Who signs, in which capacity, and the tick."""

    name = forms.CharField(
        label=gettext_lazy("Your first and last name"),
        max_length=160,
        widget=forms.TextInput(attrs=_NAME),
        error_messages={"required": gettext_lazy("Write your name: a signature is somebody’s.")},
    )
    capacity = forms.CharField(
        label=gettext_lazy("In which capacity you sign"),
        help_text=gettext_lazy("For instance: president, manager, delegate of the collective."),
        max_length=160,
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
        error_messages={"required": gettext_lazy("Say in which capacity you sign.")},
    )
    agree = forms.BooleanField(
        error_messages={
            "required": gettext_lazy("Tick the box: nothing is signed without your agreement.")
        }
    )
    text_hash = forms.CharField(widget=forms.HiddenInput, max_length=64)

    clean_name, clean_capacity = clean_words("name"), clean_words("capacity")

    def __init__(self, *args: Any, page: InitiativePage, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.statement = statement_for(page)
        self.fields["agree"].label = self.statement


class WithdrawalForm(forms.Form):
    """Who withdraws the signature, and why."""

    name = SigningForm.base_fields["name"]
    capacity = forms.CharField(
        label=gettext_lazy("In which capacity"),
        max_length=160,
        error_messages={"required": gettext_lazy("Say in which capacity you withdraw.")},
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("Optional. Your region reads it; do not name people."),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    clean_name, clean_capacity = clean_words("name"), clean_words("capacity")


def statement_for(page: InitiativePage) -> str:
    """Return the words that are ticked, kept with the signature."""
    return _("I have read the charter, and I commit “%(title)s” to it.") % {"title": page.title}
