"""References of themes and questions: made once from their words, never given to another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from typing import Any

from django.utils.text import slugify

LONGEST_MADE = 40  # characters: an address stays readable, a number may follow


def with_keys(
    themes: Iterable[Mapping[str, Any]], taken: Iterable[Iterable[Mapping[str, Any]]]
) -> list[dict[str, Any]]:
    """Return the raw ``themes`` with a reference where one was left empty.

    ``taken`` are the raw themes of the other versions of the grid: what was ever a reference
    there is not made again, so that two questions never share one by accident.
    """
    kept: list[dict[str, Any]] = deepcopy([dict(theme) for theme in themes])
    every = [kept, *taken]
    codes = {theme["value"].get("code") for raw in every for theme in raw}
    keys = {item["value"].get("key") for raw in every for item in _questions(raw)}
    for theme in kept:
        value = theme["value"]
        value["code"] = value.get("code") or _make(value.get("title", ""), "theme", codes)
    for item in _questions(kept):
        value = item["value"]
        value["key"] = value.get("key") or _make(value.get("text", ""), "question", keys)
    return kept


def _questions(themes: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for theme in themes:
        for item in theme["value"].get("items") or ():
            if item["type"] != "subtheme":
                yield item


def _make(words: str, otherwise: str, taken: set[str]) -> str:
    slug = slugify(words.replace("’", " ").replace("'", " "))
    if len(slug) > LONGEST_MADE:
        slug = slug[: LONGEST_MADE + 1].rpartition("-")[0] or slug[:LONGEST_MADE]
    slug = slug.strip("-_") or otherwise
    made, number = slug, 1
    while made in taken:
        number += 1
        made = f"{slug}-{number}"
    taken.add(made)
    return made
