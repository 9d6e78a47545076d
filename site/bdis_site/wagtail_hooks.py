"""The network's colours in the admin of the default host; other hosts keep their own."""

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail import hooks


@hooks.register("insert_global_admin_css")
def branding_css() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', static("bdis/admin/branding.css"))
