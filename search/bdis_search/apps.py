from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class BdisSearchConfig(AppConfig):
    name = "bdis_search"
    label = "bdis_search"
    verbose_name = _("Search")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from bdis_search import signal_handlers, synonyms  # noqa: F401
        from bdis_search.edited_synonyms import edited_synonyms

        synonyms.follow(edited_synonyms)
        post_migrate.connect(_start_empty_index, sender=self)


def _start_empty_index(sender: AppConfig, using: str = "default", **kwargs: object) -> None:
    """Give a new site an empty index: a directory without listings answers without reindex."""
    from bdis_search.outbox import start_empty_index

    start_empty_index(using)
