"""The forms of those who follow a search."""

from __future__ import annotations

import datetime

from django import forms
from django.core.signing import BadSignature, SignatureExpired, TimestampSigner
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bdis_search.models import Frequency

_SIGNER = TimestampSigner(salt="bdis_search.saved.form")
#: Nobody reads the page and types an address sooner; programs do.
_FASTEST = datetime.timedelta(seconds=2)
_SLOWEST = datetime.timedelta(days=1)


class FrequencyForm(forms.Form):
    """How often to be told."""

    frequency = forms.ChoiceField(
        label=_("How often?"), choices=Frequency.choices, initial=Frequency.WEEKLY
    )


class FollowForm(FrequencyForm):
    """Whom to tell. ``website`` is a trap: people do not see it, programs fill it.

    ``stamp`` says when the form was shown. It stands for a CSRF token too, which would put a
    cookie on a public page: this form acts for nobody who is signed in.
    """

    email = forms.EmailField(
        label=_("Your e-mail address"),
        max_length=254,
        error_messages={
            "required": _("Give the address to which the new listings go."),
            "invalid": _("This is no e-mail address: write it as “name@example.org”."),
        },
    )
    website = forms.CharField(required=False)
    stamp = forms.CharField(required=False, widget=forms.HiddenInput)

    field_order = ["email", "frequency"]

    @staticmethod
    def new_stamp() -> str:
        """Return the stamp of a form shown now."""
        return _SIGNER.sign("")

    @property
    def stamp_to_show(self) -> str:
        """The stamp of the form shown again: its own, as long as it holds."""
        try:
            _SIGNER.unsign(self.data.get("stamp", ""), max_age=_SLOWEST)
        except BadSignature:
            return self.new_stamp()
        return str(self.data["stamp"])

    @property
    def is_trapped(self) -> bool:
        """Whether a program filled what people do not see."""
        return bool(self.data.get("website"))

    def clean_email(self) -> str:
        name, _at, domain = self.cleaned_data["email"].rpartition("@")
        return f"{name}@{domain.lower()}"

    def clean(self) -> None:
        try:
            _SIGNER.unsign(self.data.get("stamp", ""), max_age=_SLOWEST)
            stamped = self.data["stamp"]
        except SignatureExpired:
            raise forms.ValidationError(
                gettext("The page was open for long: send it again.")
            ) from None
        except BadSignature:
            raise forms.ValidationError(gettext("Please send the form again.")) from None
        if self.errors:
            return  # what is wrong is told first
        try:
            _SIGNER.unsign(stamped, max_age=_FASTEST)
        except SignatureExpired:
            return
        raise forms.ValidationError(gettext("That was very fast: send the form again."))
