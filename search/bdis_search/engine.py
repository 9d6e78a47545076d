"""The configured search engine."""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed

from bdis_search.backends.base import SearchEngine


@lru_cache(maxsize=1)
def get_engine() -> SearchEngine:
    """Return the engine that ``settings.BDIS_SEARCH`` names; one instance per process.

    ``BDIS_SEARCH = {"BACKEND": "dotted.module", "OPTIONS": {…}}``; the module has an ``Engine``.
    """
    config = getattr(settings, "BDIS_SEARCH", None) or _default_config()
    try:
        engine_class = import_module(config["BACKEND"]).Engine
    except (ImportError, AttributeError, KeyError, TypeError) as error:
        raise ImproperlyConfigured(
            f"BDIS_SEARCH = {config!r} names no search engine ({error}); expected "
            '{"BACKEND": "bdis_search.backends.tantivy", "OPTIONS": {"PATH": "a folder"}}: the '
            "module must exist and have a class named Engine."
        ) from error
    return engine_class(config.get("OPTIONS", {}))


def _default_config() -> dict[str, Any]:
    """Keep the embedded engine's index beside the SQLite database."""
    database = settings.DATABASES["default"]
    if database["ENGINE"] != "django.db.backends.sqlite3":
        raise ImproperlyConfigured(
            "BDIS_SEARCH is not set and the database is not a file to keep the index beside: give "
            '{"BACKEND": "bdis_search.backends.tantivy", "OPTIONS": {"PATH": "a folder"}}.'
        )
    path = Path(database["NAME"]).resolve().parent / "bdis_index"
    return {"BACKEND": "bdis_search.backends.tantivy", "OPTIONS": {"PATH": path}}


def _forget_engine(*, setting: str, **kwargs: object) -> None:
    if setting == "BDIS_SEARCH":
        get_engine.cache_clear()


setting_changed.connect(_forget_engine)
