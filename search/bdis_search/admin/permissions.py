"""Who watches over the search."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from wagtail.permission_policies.base import ModelPermissionPolicy

from bdis_cms.permissions import works_nationally


def may_manage_search(user: Any) -> bool:
    """Whether ``user`` watches over the search: the national team, and who was given the right."""
    return bool(user.has_perm("bdis_search.manage_search")) or works_nationally(user)


class SearchPermissionPolicy(ModelPermissionPolicy):
    """Everything to whoever watches over the search, nothing to anybody else."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return bool(user.is_active) and may_manage_search(user)

    def user_has_any_permission(self, user: Any, actions: Iterable[str]) -> bool:
        return self.user_has_permission(user, "change")

    def users_with_any_permission(
        self, actions: Iterable[str], include_superusers: bool = True
    ) -> QuerySet:
        users = get_user_model()._default_manager.filter(is_active=True)
        allowed = [user.pk for user in users.iterator() if may_manage_search(user)]
        return users.filter(pk__in=allowed)
