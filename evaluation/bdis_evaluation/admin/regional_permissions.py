"""Who asks initiatives to evaluate themselves: moderators in their region, the national team."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from wagtail.models import Page
from wagtail.permission_policies.base import ModelPermissionPolicy
from wagtail.permissions import policy_registry

from bdis_cms.models import Region, RegionPage
from bdis_cms.permissions import works_nationally
from bdis_evaluation.models import EvaluationCampaign


def moderated_regions(user: Any) -> QuerySet[Region]:
    """Return the regions in which ``user`` publishes."""
    pages = policy_registry.get_by_type(Page)
    published = pages.instances_user_has_any_permission_for(user, {"publish"})
    codes = RegionPage.objects.filter(pk__in=published.values("pk")).values("region")
    return Region.objects.filter(pk__in=codes).order_by("name")


def moderates_nationally(user: Any) -> bool:
    """Whether ``user`` publishes in the whole directory."""
    return works_nationally(user) and moderated_regions(user).exists()


def may_moderate_regions(user: Any) -> bool:
    """Whether ``user`` publishes in some region."""
    return bool(user.is_active) and moderated_regions(user).exists()


def readable_campaigns(user: Any) -> QuerySet[EvaluationCampaign]:
    """Return the campaigns of the regions of ``user``, and those of the country."""
    campaigns = EvaluationCampaign.objects.select_related("region", "grid")
    if not may_moderate_regions(user):
        return campaigns.none()
    own = campaigns.filter(region__in=moderated_regions(user).values("pk"))
    return own | campaigns.filter(region__isnull=True)


class RegionalPermissionPolicy(ModelPermissionPolicy):
    """What has a region: changed by who moderates it; what has none: by the national team."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return may_moderate_regions(user)

    def user_has_any_permission(self, user: Any, actions: Iterable[str]) -> bool:
        return may_moderate_regions(user)

    def user_has_permission_for_instance(self, user: Any, action: str, instance: Any) -> bool:
        if instance.region_id is None:
            return moderates_nationally(user)
        return moderated_regions(user).filter(pk=instance.region_id).exists()

    def user_has_any_permission_for_instance(
        self, user: Any, actions: Iterable[str], instance: Any
    ) -> bool:
        return any(
            self.user_has_permission_for_instance(user, action, instance) for action in actions
        )

    def instances_user_has_any_permission_for(self, user: Any, actions: Iterable[str]) -> Any:
        if moderates_nationally(user):
            return self.model._default_manager.all()
        return self.model._default_manager.filter(region__in=moderated_regions(user).values("pk"))


class CampaignPermissionPolicy(RegionalPermissionPolicy):
    """The same, until the campaign opens: what was asked of initiatives is not rewritten."""

    def user_has_permission_for_instance(self, user: Any, action: str, instance: Any) -> bool:
        if action in {"change", "delete"} and instance.opens_on <= timezone.localdate():
            return False
        return super().user_has_permission_for_instance(user, action, instance)
