"""The forms of allauth, in our words."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as allauth_forms
from django.contrib.auth import password_validation
from django.utils.translation import gettext_lazy as _

from bdis_cms.space.forms import EMAIL_ERRORS
from bdis_site.accounts.addresses import is_shared


class LoginForm(allauth_forms.LoginForm):
    """An address and a password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name_email(self.fields["login"])
        self.fields["password"].label = _("Password")
        self.fields["password"].help_text = ""
        self.fields["password"].error_messages["required"] = _("Give your password.")


class RequestLoginCodeForm(allauth_forms.RequestLoginCodeForm):
    """An address to which a code goes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name_email(self.fields["email"])

    def clean_email(self) -> str:
        """Look for the account; an address that two have opens neither."""
        email: str = super().clean_email()
        if is_shared(email):
            self._user = None
        return email


class ConfirmLoginCodeForm(allauth_forms.ConfirmLoginCodeForm):
    """The code that came."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["code"]
        field.label = _("Code")
        field.widget.attrs["autocomplete"] = "one-time-code"
        field.error_messages["required"] = _("Copy the code of the e-mail.")


class ResetPasswordForm(allauth_forms.ResetPasswordForm):
    """An address to which a link goes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name_email(self.fields["email"])


class ResetPasswordKeyForm(allauth_forms.ResetPasswordKeyForm):
    """A new password, once: it can be shown by the browser, and reset again."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password2"]
        field = self.fields["password1"]
        field.label = _("New password")
        field.help_text = " ".join(password_validation.password_validators_help_texts())
        field.error_messages["required"] = _("Choose a password.")


def _name_email(field: Any) -> None:
    field.label = _("E-mail address")
    field.error_messages |= EMAIL_ERRORS | {"required": _("Give your e-mail address.")}
