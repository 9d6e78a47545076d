from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BdisEvaluationConfig(AppConfig):
    name = "bdis_evaluation"
    label = "bdis_evaluation"
    verbose_name = _("Charter and evaluation")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from bdis_evaluation import checks, signal_handlers  # noqa: F401 - they register
        from bdis_evaluation.evaluating import evidence, hooks  # noqa: F401 - they register
