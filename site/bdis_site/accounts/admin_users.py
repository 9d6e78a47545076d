"""Accounts in the admin: none is given the address of another."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from wagtail.users.forms import UserCreationForm, UserEditForm
from wagtail.users.views.users import UserViewSet

from bdis_site.accounts.addresses import AddressTaken, is_taken


class _OwnAddress:
    cleaned_data: dict[str, Any]
    instance: Any

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        former = (self.instance.email or "").lower()
        if email.lower() != former and is_taken(email, but=self.instance.pk):
            raise ValidationError(str(AddressTaken()), code="address_taken")
        return email


class AccountCreationForm(_OwnAddress, UserCreationForm):
    """Wagtail's, with an address of its own."""


class AccountEditForm(_OwnAddress, UserEditForm):
    """Wagtail's, with an address of its own."""


class AccountViewSet(UserViewSet):
    """Wagtail's screens of accounts, with our forms."""

    def get_form_class(self, for_update: bool = False) -> type:
        return AccountEditForm if for_update else AccountCreationForm
