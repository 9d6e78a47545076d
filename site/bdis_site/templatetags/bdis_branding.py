"""The name of the network, for the pages of the admin."""

from django import template
from django.conf import settings

register = template.Library()


@register.simple_tag
def network_name() -> str:
    """Return the name of the network that runs this site."""
    return str(settings.BDIS_NETWORK_NAME)
