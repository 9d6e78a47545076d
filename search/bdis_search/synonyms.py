"""Synonyms and acronyms: a list that is shipped, and what a network edits of it.

The list is ``data/synonyms.yaml`` beside this module; ``settings.BDIS_SYNONYMS`` names another
file. Synonyms act on queries: changing them needs no new index.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed

SHIPPED = Path(__file__).parent / "data" / "synonyms.yaml"

Phrase = tuple[str, ...]


@dataclass(frozen=True)
class Synonyms:
    """Phrases (stems) that stand for one another: ``{phrase: the others}``."""

    others: dict[Phrase, tuple[Phrase, ...]] = field(default_factory=dict)

    @property
    def longest(self) -> int:
        """Words of the longest phrase."""
        return max(map(len, self.others), default=0)

    def longest_match(self, stems: Phrase) -> tuple[int, tuple[Phrase, ...]]:
        """Return how many of the first ``stems`` make a known phrase, and what stands for it."""
        for length in range(min(len(stems), self._longest), 0, -1):
            found = self.others.get(stems[:length])
            if found:
                return length, found
        return 0, ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "_longest", self.longest)

    _longest: int = field(init=False, default=0, repr=False)


def read_synonyms(content: Any) -> Synonyms:
    """Build the synonyms from the content of the YAML file.

    ``content`` is ``{"equivalent": [[text, text…]…], "also": {text: [text…]}, "apart": [[text,
    text…]…]}``: texts of a group find one another; searching a key of ``also`` finds its values
    too, not the other way round; texts set apart do neither, whatever the rest says. Raises
    ``ValueError`` when it has another shape.
    """
    from bdis_search.analysis import stems

    if not isinstance(content, dict) or set(content) - {"equivalent", "also", "apart"}:
        raise ValueError("expected the keys “equivalent”, “also” and “apart”")
    found: dict[Phrase, list[Phrase]] = {}

    def add(text: str, phrase: Phrase) -> None:
        key = stems(str(text))
        if key and phrase and key != phrase and phrase not in found.setdefault(key, []):
            found[key].append(phrase)

    for group in content.get("equivalent") or ():
        for text in group:
            for other in group:
                add(text, stems(str(other)))
    for text, targets in (content.get("also") or {}).items():
        for target in targets:
            add(text, stems(str(target)))
    for group in content.get("apart") or ():
        phrases = {stems(str(text)) for text in group}
        for key in phrases & found.keys():
            found[key] = [phrase for phrase in found[key] if phrase not in phrases]
    return Synonyms({key: tuple(phrases) for key, phrases in found.items()})


@lru_cache(maxsize=1)
def shipped_content() -> dict[str, Any]:
    """Return the content of the list; raise ``ImproperlyConfigured`` when it is unreadable."""
    path = Path(getattr(settings, "BDIS_SYNONYMS", None) or SHIPPED)
    try:
        content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
        read_synonyms(content)
    except (OSError, yaml.YAMLError, ValueError, TypeError, AttributeError) as error:
        raise ImproperlyConfigured(
            f"The list of synonyms {path} cannot be read: {error}"
        ) from error
    return content


@lru_cache(maxsize=1)
def shipped_synonyms() -> Synonyms:
    """Return the synonyms of the list alone."""
    return read_synonyms(shipped_content())


_in_force: Callable[[], Synonyms] = shipped_synonyms


def get_synonyms() -> Synonyms:
    """Return the synonyms in force now."""
    return _in_force()


def follow(source: Callable[[], Synonyms]) -> None:
    """Have ``source`` say, at each search, which synonyms are in force."""
    global _in_force
    _in_force = source


def _forget(*, setting: str, **kwargs: object) -> None:
    if setting == "BDIS_SYNONYMS":
        shipped_content.cache_clear()
        shipped_synonyms.cache_clear()


setting_changed.connect(_forget)
