"""One address for an account: the one of Django's user, in lower case."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth import get_user_model
from django.db.models.functions import Lower


def lower_address(sender: Any, instance: Any, **kwargs: Any) -> None:
    """Write the address of an account as it is looked for when somebody signs in."""
    instance.email = (instance.email or "").lower()


def forget_former_addresses(
    sender: Any, instance: Any, update_fields: Any = None, **kwargs: Any
) -> None:
    """Have an address that the account left let nobody in any more."""
    if update_fields is None or "email" in update_fields:
        EmailAddress.objects.filter(user=instance).exclude(email=instance.email).delete()


def lower_addresses(sender: Any, **kwargs: Any) -> None:
    """Lower the addresses that were written before this host signed people in by them."""
    users = get_user_model().objects.exclude(email=Lower("email"))
    users.update(email=Lower("email"))
