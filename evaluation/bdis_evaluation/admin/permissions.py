"""Who holds the charter: the steering committee, which is the national team."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from wagtail.permission_policies.base import ModelPermissionPolicy

from bdis_cms.permissions import works_nationally


class NationalPermissionPolicy(ModelPermissionPolicy):
    """Everything to whoever works nationally, nothing to anybody else."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return bool(user.is_active) and works_nationally(user)

    def user_has_any_permission(self, user: Any, actions: Iterable[str]) -> bool:
        return self.user_has_permission(user, "change")

    def users_with_any_permission(
        self, actions: Iterable[str], include_superusers: bool = True
    ) -> QuerySet:
        users = get_user_model()._default_manager.filter(is_active=True)
        allowed = [user.pk for user in users.iterator() if works_nationally(user)]
        return users.filter(pk__in=allowed)


class CharterPermissionPolicy(NationalPermissionPolicy):
    """The same, for versions: those in force are read, never changed."""

    def user_has_permission_for_instance(self, user: Any, action: str, instance: Any) -> bool:
        if action in {"change", "delete"} and not instance.is_draft:
            return False
        return self.user_has_permission(user, action)

    def user_has_any_permission_for_instance(
        self, user: Any, actions: Iterable[str], instance: Any
    ) -> bool:
        return any(
            self.user_has_permission_for_instance(user, action, instance) for action in actions
        )
