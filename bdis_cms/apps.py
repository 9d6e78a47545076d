from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BdisCmsConfig(AppConfig):
    name = "bdis_cms"
    label = "bdis_cms"
    verbose_name = _("Directory")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from bdis_cms import checks  # noqa: F401
