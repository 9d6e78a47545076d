"""Territories in the admin: read and searched, never written there (``load_reference`` writes)."""

from __future__ import annotations

from typing import Any

from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import register_permission_policy

from bdis_cms.models import Commune, Department, Epci, Region

TERRITORIES = (Region, Department, Epci, Commune)


class ReadOnlyPolicy(ModelPermissionPolicy):
    """Whoever may do anything with the model may only look at it, superusers included."""

    def user_has_permission(self, user: Any, action: str) -> bool:
        return action == "view" and super().user_has_permission(user, "view")

    def user_has_any_permission(self, user: Any, actions: Any) -> bool:
        return any(self.user_has_permission(user, action) for action in actions)


for model in TERRITORIES:
    register_permission_policy(model, ReadOnlyPolicy(model))


class TerritoryViewSet(ModelViewSet):
    """What levels have in common."""

    icon = "globe"
    copy_view_enabled = False
    inspect_view_enabled = True
    add_to_reference_index = False
    search_backend_name = None
    search_fields = ["name", "code"]
    list_per_page = 50
    ordering = "name"
    form_fields = ["name"]


class RegionViewSet(TerritoryViewSet):
    model = Region
    name = "bdis_regions"
    url_prefix = "territories/regions"
    list_display = ["name", "code", "is_overseas"]


class DepartmentViewSet(TerritoryViewSet):
    model = Department
    name = "bdis_departments"
    url_prefix = "territories/departments"
    list_display = ["name", "code", "region"]
    list_filter = ["region"]
    ordering = "code"


class EpciViewSet(TerritoryViewSet):
    model = Epci
    name = "bdis_epci"
    url_prefix = "territories/epci"
    list_display = ["name", "code", "kind", "population"]


class CommuneViewSet(TerritoryViewSet):
    model = Commune
    name = "bdis_communes"
    url_prefix = "territories/communes"
    list_display = ["name", "code", "department", "postcodes", "population", "precision"]
    list_filter = ["department"]
    search_fields = ["name", "code", "postcodes"]
