"""One address for an account: the one of Django's user, in lower case."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth import get_user_model
from django.db.models.functions import Lower
from django.utils.translation import gettext as _


class AddressTaken(Exception):
    """An address lets one person in: no second account has it."""

    def __str__(self) -> str:
        return _("This address already has an account: give another one.")


def is_taken(email: str, *, but: Any = None) -> bool:
    """Whether an account other than that of key ``but`` has this address, in any case."""
    others = get_user_model().objects.filter(email__iexact=email)
    return bool(email) and others.exclude(pk=but).exists()


def is_shared(email: str) -> bool:
    """Whether several accounts have it, as they could before: it tells nobody for sure."""
    return get_user_model().objects.filter(email__iexact=email).count() > 1


def lower_address(sender: Any, instance: Any, update_fields: Any = None, **kwargs: Any) -> None:
    """Write the address of an account as it is looked for when somebody signs in.

    Raises ``AddressTaken`` where it is given to a second account.
    """
    instance.email = (instance.email or "").lower()
    if kwargs.get("raw") or not (update_fields is None or "email" in update_fields):
        return
    if is_taken(instance.email, but=instance.pk):
        same = sender.objects.filter(pk=instance.pk, email__iexact=instance.email)
        if not same.exists():
            raise AddressTaken


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
