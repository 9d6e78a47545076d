"""What this host changes in django-allauth: closed sign-up, its own mails, visitors told apart."""

from __future__ import annotations

import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bdis_cms.mails import absolute, compose
from bdis_cms.throttling import client_of

logger = logging.getLogger("bdis.space")

SUBJECTS = {
    "account/email/login_code": _("Your sign-in code"),
    "account/email/password_reset_key": _("Choose a new password"),
    "account/email/unknown_account": _("This address has no account"),
}


class SpaceAccountAdapter(DefaultAccountAdapter):
    """Accounts are created by invitation only; what is answered tells nobody who has one."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _(
            "This address and this password do not go together. Try again, or get a code by e-mail."
        ),
        "too_many_login_attempts": _("Too many tries: wait for a few minutes, then try again."),
        "rate_limited": _("Too many tries: wait for a few minutes, then try again."),
        "incorrect_code": _("This is not the code of the last e-mail: copy it again."),
        "account_inactive": _("This account is closed: write to the team of your region."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Refuse: an invitation creates an account, nothing else does."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return whom to count: the visitor, and not the proxy of this site."""
        return client_of(request)

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Return the public address of a link, whatever host the request claims."""
        user, _sep, secret = key.partition("-")
        arguments = {"uidb36": user, "key": secret}
        return absolute(reverse("account_reset_password_from_key", kwargs=arguments))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send one of our mails, text and HTML; say when it cannot go."""
        context = context | {
            "email": email,
            "space_url": absolute(reverse("bdis_space:index")),
            "login_url": absolute(reverse("account_login")),
        }
        subject = str(SUBJECTS[template_prefix])
        try:
            compose(template_prefix, to=email, subject=subject, context=context).send()
        except OSError as error:
            # What mail servers answer quotes the address: only its kind is told.
            logger.error("A sign-in e-mail could not be sent (%s).", type(error).__name__)
            request = context["request"]
            messages.error(request, gettext("The e-mail could not be sent: try again later."))
