"""Apply one field of a mapping to one row."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from bdis_cms.text import fold

from .mapping import ListingMapping, Spec
from .vocabulary import as_codes

#: Called with the field's name, the value, and what to do of it, when a table does not know it.
OnUnknown = Callable[[str, str], None]


class UnknownValue(ValueError):
    """A table does not know a value, and the mapping says to reject the row."""


def evaluate(
    specs: Iterable[Spec],
    values: Mapping[str, Any],
    mapping: ListingMapping,
    *,
    many: bool,
    known: Mapping[str, Any] | None = None,
    default: Iterable[str] = (),
    on_unknown: OnUnknown | None = None,
) -> list[str]:
    """Return what the field is worth: all values in order when ``many``, else the first found.

    ``known`` are the codes that the field may hold, when it holds codes. Raises ``UnknownValue``.
    """
    found: list[str] = []
    for spec in specs:
        for value in _one(spec, values, mapping, known, on_unknown):
            if value not in found:
                found.append(value)
        if found and not many:
            break
    return found or list(default)


def cell(values: Mapping[str, Any], column: str) -> list[str]:
    """Return what a column holds, as a list of texts that are not blank."""
    raw = values.get(column, "")
    items = raw if isinstance(raw, list) else [raw]
    return [text for text in (str(item).strip() for item in items) if text]


def _one(
    spec: Spec,
    values: Mapping[str, Any],
    mapping: ListingMapping,
    known: Mapping[str, Any] | None,
    on_unknown: OnUnknown | None,
) -> list[str]:
    results: list[str] = []
    for text in _origin(spec, values, mapping):
        for name in spec.transforms:
            text = mapping.transforms[name](text)
        if not text:
            continue
        if spec.table is not None:
            results += _from_table(spec, text, on_unknown)
        elif spec.match:
            results += _from_rules(spec, text)
        elif known is not None and text not in known:
            _unknown(spec, text, on_unknown)
        else:
            results.append(text)
    return results


def _origin(spec: Spec, values: Mapping[str, Any], mapping: ListingMapping) -> list[str]:
    if spec.value is not None:
        return list(as_codes(spec.value))
    if spec.template:
        text = _fill(spec, values, mapping)
        return [text] if text else []
    if spec.joined_by is not None:
        joined = spec.joined_by.join(text for c in spec.columns for text in cell(values, c))
        texts = [joined] if joined else []
    else:
        texts = next(filter(None, (cell(values, column) for column in spec.columns)), [])
    if spec.split:
        parts = re.compile(f"[{re.escape(spec.split)}]")
        texts = [part.strip() for text in texts for part in parts.split(text)]
    return [text for text in texts if text]


def _fill(spec: Spec, values: Mapping[str, Any], mapping: ListingMapping) -> str:
    """Return the template filled, "" as soon as one of its parts is empty."""
    head, *parts = spec.template.split("{")
    text = head
    for part in parts:
        placeholder, _, tail = part.partition("}")
        column, *pipes = placeholder.split("|")
        value = ", ".join(cell(values, column))
        for pipe in pipes:
            if pipe in mapping.transforms:
                value = mapping.transforms[pipe](value)
            else:
                value = ", ".join(as_codes(mapping.tables[pipe].get(fold(value))))
        if not value:
            return ""
        text += value + tail
    return text


def _from_table(spec: Spec, text: str, on_unknown: OnUnknown | None) -> list[str]:
    key, table = fold(text), spec.table or {}
    if spec.table_by == "prefix":
        hits = [prefix for prefix in table if key.startswith(prefix)]
        if hits:
            return list(as_codes(table[max(hits, key=len)]))
    elif key in table:
        return list(as_codes(table[key]))
    if spec.unknown == "keep":
        return [text]
    _unknown(spec, text, on_unknown)
    return []


def _unknown(spec: Spec, text: str, on_unknown: OnUnknown | None) -> None:
    if spec.unknown == "reject":
        raise UnknownValue(text)
    if spec.unknown in {"report", "keep"} and on_unknown:
        on_unknown("unknown_value", text)


@lru_cache(maxsize=512)
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    """Return what finds any of the words, whole; a final « * » lets it go on."""
    choices = (re.escape(fold(w.rstrip("*"))) + ("" if w.endswith("*") else r"\b") for w in words)
    return re.compile(r"\b(?:" + "|".join(choices) + ")")


def _from_rules(spec: Spec, text: str) -> Iterator[str]:
    folded = fold(text)
    for words, codes in spec.match:
        if _pattern(words).search(folded):
            yield from codes
