from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BdisEthicsConfig(AppConfig):
    name = "bdis_ethics"
    label = "bdis_ethics"
    verbose_name = _("Ethics committees")
    default_auto_field = "django.db.models.BigAutoField"
