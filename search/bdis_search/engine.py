"""The configured search engine."""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed

from bdis_search.backends.base import SearchEngine


@lru_cache(maxsize=1)
def get_engine() -> SearchEngine:
    """Return the engine that ``settings.BDIS_SEARCH`` names; one instance per process.

    ``BDIS_SEARCH = {"BACKEND": "dotted.module", "OPTIONS": {…}}``; the module has an ``Engine``.
    """
    config = getattr(settings, "BDIS_SEARCH", None)
    if not isinstance(config, dict) or "BACKEND" not in config:
        raise ImproperlyConfigured(
            'BDIS_SEARCH is not set: give {"BACKEND": "bdis_search.backends.tantivy", '
            '"OPTIONS": {"PATH": "a folder to keep the index in"}}.'
        )
    try:
        engine_class = import_module(config["BACKEND"]).Engine
    except (ImportError, AttributeError) as error:
        raise ImproperlyConfigured(
            f"BDIS_SEARCH: no search engine at {config['BACKEND']!r} ({error}); the module must "
            "exist and have a class named Engine."
        ) from error
    return engine_class(config.get("OPTIONS", {}))


def _forget_engine(*, setting: str, **kwargs: object) -> None:
    if setting == "BDIS_SEARCH":
        get_engine.cache_clear()


setting_changed.connect(_forget_engine)
