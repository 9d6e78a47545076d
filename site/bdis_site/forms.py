"""Forms of the admin of the default host: how often they are filled, and by whom."""

from typing import Any

from allauth.core import context
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.auth import LoginForm, PasswordResetForm

from bdis_cms.throttling import allowed, client_of, give_back

#: What is counted, then how many times in so many seconds: by visitor, then by account.
_SIGN_IN = (("admin-sign-in visitor", 30, 300), ("admin-sign-in account", 5, 300))
_RESET = (("admin-reset visitor", 20, 300), ("admin-reset account", 3, 300))
TOO_MANY = _("Too many tries: wait for a few minutes, then try again.")


class SignInForm(LoginForm):
    """Wagtail's form, whose failures are counted; it opens the accounts of the teams only."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Wagtail's has no label that could be translated.
        self.fields["password"].label = _("Password")

    def clean(self) -> dict[str, Any]:
        if not (name := self.cleaned_data.get("username")):
            return super().clean()
        who = _count(_SIGN_IN, self.request, name)
        data = super().clean()
        for (scope, _limit, _seconds), one in zip(_SIGN_IN, who, strict=True):
            give_back(scope, one)
        return data

    def confirm_login_allowed(self, user: Any) -> None:
        """Refuse, before a session is made, who has nothing to do in the admin."""
        super().confirm_login_allowed(user)
        if not user.has_perm("wagtailadmin.access_admin"):
            told = gettext("This door is for teams. For your initiative, sign in to your space: %s")
            link = format_html('<a href="{0}">{0}</a>', reverse("account_login"))
            raise ValidationError(format_html(told.replace("%s", "{}"), link), code="no_access")


class ResetPasswordForm(PasswordResetForm):
    """Wagtail's form; how many links go to an address, and at the demand of a visitor, counts."""

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        _count(_RESET, context.request, email)
        return email


def _count(limits: Any, request: Any, name: str) -> tuple[str, str]:
    """Count one more try and return who was counted; raise when there are too many."""
    who = (client_of(request), name.strip().lower())
    counted = [allowed(scope, one, *most) for (scope, *most), one in zip(limits, who, strict=True)]
    if not all(counted):
        raise ValidationError(TOO_MANY, code="too_many")
    return who
