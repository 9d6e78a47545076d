"""Endpoints of the admin's own API, limited to the collections of the user."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from wagtail.documents.api.admin.views import DocumentsAdminAPIViewSet
from wagtail.images.api.admin.views import ImagesAdminAPIViewSet
from wagtail.permissions import policy_registry


class _OwnCollections:
    """Keep what the user may choose or work with."""

    def get_queryset(self) -> QuerySet[Any]:
        items = super().get_queryset()  # type: ignore[misc]
        own = policy_registry.get_by_type(items.model).instances_user_has_any_permission_for(
            self.request.user,  # type: ignore[attr-defined]
            {"add", "change", "delete", "choose"},
        )
        return items.filter(pk__in=own.values("pk"))


class OwnImagesAPIViewSet(_OwnCollections, ImagesAdminAPIViewSet):
    """Images of the user's collections."""


class OwnDocumentsAPIViewSet(_OwnCollections, DocumentsAdminAPIViewSet):
    """Documents of the user's collections."""
