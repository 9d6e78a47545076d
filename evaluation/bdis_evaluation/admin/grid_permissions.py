"""Who holds the grids: the national team; regional teams read those in force."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from wagtail.permission_policies.base import ModelPermissionPolicy

from bdis_cms.permissions import own_region_pages, works_nationally
from bdis_evaluation.models import GridVersion, VersionStatus


def may_read_grids(user: Any) -> bool:
    """Whether ``user`` works in some region, or nationally."""
    return works_nationally(user) or own_region_pages(user).exists()


def readable_versions(user: Any) -> QuerySet[GridVersion]:
    """Return the versions that ``user`` may read: all nationally, those in force elsewhere."""
    versions = GridVersion.objects.select_related("grid")
    if works_nationally(user):
        return versions
    if not may_read_grids(user):
        return versions.none()
    return versions.filter(status=VersionStatus.IN_FORCE)


class GridPermissionPolicy(ModelPermissionPolicy):
    """Everything to the national team, a look to regional teams, nothing to anybody else."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        if not user.is_active:
            return False
        if action == "view" and self.model is GridVersion:
            return may_read_grids(user)
        return works_nationally(user)

    def user_has_any_permission(self, user: Any, actions: Iterable[str]) -> bool:
        return any(self.user_has_permission(user, action) for action in actions)

    def user_has_permission_for_instance(self, user: Any, action: str, instance: Any) -> bool:
        if action in {"change", "delete"} and not self.may_change(instance, action):
            return False
        return self.user_has_permission(user, action)

    def user_has_any_permission_for_instance(
        self, user: Any, actions: Iterable[str], instance: Any
    ) -> bool:
        return any(
            self.user_has_permission_for_instance(user, action, instance) for action in actions
        )

    def may_change(self, instance: Any, action: str) -> bool:
        """Whether the thing itself lets the action be done: a version in force does not, nor does
        a grid that has versions let itself be deleted."""
        if isinstance(instance, GridVersion):
            return instance.is_draft
        return action != "delete" or not instance.versions.exists()
