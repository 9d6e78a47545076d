"""The forms of the space."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.contrib.auth import get_user_model, password_validation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bdis_cms.models import MemberRole

EMAIL_ERRORS = {
    "required": _("Give the e-mail address of the person."),
    "invalid": _("This is no e-mail address: write it as “name@example.org”."),
}


class InviteForm(forms.Form):
    """Whom to invite, and for what."""

    email = forms.EmailField(label=_("E-mail address"), max_length=254, error_messages=EMAIL_ERRORS)
    role = forms.ChoiceField(
        label=_("Role"), choices=MemberRole.choices, initial=MemberRole.CONTRIBUTOR
    )


class RoleForm(forms.Form):
    """What a member may do."""

    role = forms.ChoiceField(choices=MemberRole.choices)


def codes_let_in() -> bool:
    """Whether the host can let people in by a code sent to their mailbox, without password."""
    return bool(getattr(settings, "BDIS_SIGN_IN_BY_CODE", False))


class NewAccountForm(forms.Form):
    """The account of an invited person; their address is the one the invitation reached."""

    first_name = forms.CharField(
        label=_("First name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
        error_messages={"required": _("Give your first name.")},
    )
    last_name = forms.CharField(
        label=_("Last name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
        error_messages={"required": _("Give your last name.")},
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": _("Choose a password.")},
    )

    def __init__(self, *args: object, email: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.email = email
        password = self.fields["password"]
        password.required = not codes_let_in()
        password.help_text = (
            gettext("Leave it empty to sign in with a code that we e-mail to you each time.")
            if codes_let_in()
            else " ".join(password_validation.password_validators_help_texts())
        )

    def clean(self) -> None:
        password = self.cleaned_data.get("password")
        if not password:
            return
        user = get_user_model()(
            email=self.email,
            first_name=self.cleaned_data.get("first_name", ""),
            last_name=self.cleaned_data.get("last_name", ""),
        )
        try:
            password_validation.validate_password(password, user)
        except forms.ValidationError as error:
            self.add_error("password", error)
