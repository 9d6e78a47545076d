from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BdisSearchConfig(AppConfig):
    name = "bdis_search"
    label = "bdis_search"
    verbose_name = _("Search")
    default_auto_field = "django.db.models.BigAutoField"
