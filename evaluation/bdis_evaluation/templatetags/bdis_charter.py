"""What public templates say of the charter."""

from __future__ import annotations

from django import template

from bdis_cms.models import InitiativePage
from bdis_evaluation.models import CharterAdhesion

register = template.Library()


@register.simple_tag
def signed_version(page: InitiativePage) -> int | None:
    """Return the number of the version that ``page`` signed; ``None`` without a signature."""
    if not page.charter_signed_on:
        return None
    lines = CharterAdhesion.objects.filter(initiative=page.pk).order_by("-pk")
    return lines.values_list("version__number", flat=True).first()
