from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BdisSiteConfig(AppConfig):
    name = "bdis_site"
    label = "bdis_site"
    verbose_name = _("BDIS site")
    default_auto_field = "django.db.models.BigAutoField"
