"""Facets of the search: who signed the charter, who is in a progress approach."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bdis_cms.models import InitiativePage, ProgressState


class CharterFacet:
    """Listings whose charter is signed, apart from those that have some time left to sign it."""

    name = "charter"
    label = gettext_lazy("Charter")

    def values_of(self, page: InitiativePage) -> Iterable[str]:
        return ["signed"] if page.charter_signed_on else []

    def labels(self, values: Collection[str]) -> Mapping[str, str]:
        return {"signed": _("Charter signed")} if "signed" in values else {}


class ProgressFacet:
    """Listings by how far they are in their progress approach."""

    name = "progress"
    label = gettext_lazy("Progress approach")

    def values_of(self, page: InitiativePage) -> Iterable[str]:
        return [page.progress_state] if page.progress_state else []

    def labels(self, values: Collection[str]) -> Mapping[str, str]:
        names = dict(ProgressState.choices)
        return {value: str(names[value]) for value in values if value in names}
