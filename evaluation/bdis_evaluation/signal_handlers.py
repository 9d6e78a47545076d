"""What follows from what happens elsewhere."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.db.models.signals import pre_delete
from django.dispatch import receiver

from bdis_evaluation.charter.ledger import erase_signatures_of


@receiver(pre_delete, sender=get_user_model())
def account_deleted(sender: type, instance: Any, **kwargs: Any) -> None:
    """Erase the name of an account that goes from what it signed; the signatures stand."""
    erase_signatures_of(instance)
