"""The configured search engines."""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed

from bdis_search.backends.base import SearchEngine, SearchReader
from bdis_search.standby import StandbyEngine, breaker_of


@lru_cache(maxsize=1)
def engines() -> dict[str, SearchEngine]:
    """Return every engine by its role: "primary", and "standby" when one is configured."""
    config = _config()
    found = {"primary": _made(config, "BDIS_SEARCH")}
    if config.get("STANDBY"):
        found["standby"] = _made(config["STANDBY"], 'BDIS_SEARCH["STANDBY"]')
    return found


@lru_cache(maxsize=1)
def get_engine() -> SearchReader:
    """Return the engine that answers searches; one instance per process.

    ``BDIS_SEARCH = {"BACKEND": "dotted.module", "OPTIONS": {…}, "STANDBY": {"BACKEND": …,
    "OPTIONS": {…}}, "BREAKER": {"FAILURES": 3, "PAUSE": 30}}``; a module has an ``Engine``. To
    write, see ``engines``.
    """
    found = engines()
    primary, standby = found["primary"], found.get("standby")
    if not standby and not primary.is_remote:
        return primary
    return StandbyEngine(primary, standby, breaker_of(_config().get("BREAKER", {})))


def _config() -> dict[str, Any]:
    return getattr(settings, "BDIS_SEARCH", None) or _default_config()


def _made(config: Any, name: str) -> SearchEngine:
    try:
        engine_class = import_module(config["BACKEND"]).Engine
    except ModuleNotFoundError as error:
        if error.name != "elasticsearch":
            raise _no_engine(config, name, error) from error
        raise ImproperlyConfigured(
            f"{name} asks for Elasticsearch, whose client is not installed: "
            "pip install “bdis[elasticsearch]”."
        ) from error
    except (ImportError, AttributeError, KeyError, TypeError) as error:
        raise _no_engine(config, name, error) from error
    made: SearchEngine = engine_class(config.get("OPTIONS", {}))
    return made


def _no_engine(config: Any, name: str, error: Exception) -> ImproperlyConfigured:
    backend = config.get("BACKEND") if isinstance(config, dict) else config
    return ImproperlyConfigured(
        f"{name}, whose BACKEND is {backend!r}, names no search engine ({error}); expected "
        '{"BACKEND": "bdis_search.backends.tantivy", "OPTIONS": {"PATH": "a folder"}}: the '
        "module must exist and have a class named Engine."
    )


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
        engines.cache_clear()
        get_engine.cache_clear()


setting_changed.connect(_forget_engine)
