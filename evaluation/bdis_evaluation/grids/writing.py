"""A grid written as a YAML or JSON document, which reads the same."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import yaml

from bdis_evaluation.grids.content import Question, Theme
from bdis_evaluation.grids.documents import FORMAT, QUESTION_FIELDS, GridDocument
from bdis_evaluation.grids.kinds import SHIPPED

_DEFAULTS = Question("", "", "")


def as_plain(document: GridDocument) -> dict[str, Any]:
    """Return the plain values of a document; what is as it is by default is left out."""
    facts = {"code": document.code, "title": document.title, "purpose": document.purpose}
    return {
        "bdis_grid": FORMAT,
        **_without_empty(facts),
        "minutes": document.minutes,
        **_without_empty({"changes": document.changes}),
        "themes": [_plain_theme(theme) for theme in document.content],
    }


def to_yaml(document: GridDocument) -> str:
    """Return the document in YAML."""
    return yaml.dump(
        as_plain(document), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=96
    )


def to_json(document: GridDocument) -> str:
    """Return the document in JSON."""
    return json.dumps(as_plain(document), ensure_ascii=False, indent=2) + "\n"


class _Dumper(yaml.SafeDumper):
    """Long texts as blocks, nothing by reference."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _text_node(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text_node)


def _without_empty(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in ("", (), [], {}, None)}


def _plain_theme(theme: Theme) -> dict[str, Any]:
    heads = _without_empty(
        {"code": theme.code, "title": theme.title, "introduction": theme.introduction}
    )
    parts = list(theme.subthemes)
    if parts and not parts[0].title:
        heads["questions"] = [_plain_question(one) for one in parts.pop(0).questions]
    if parts:
        heads["subthemes"] = [
            _without_empty({"title": part.title, "introduction": part.introduction})
            | {"questions": [_plain_question(one) for one in part.questions]}
            for part in parts
        ]
    return heads


def _plain_question(question: Question) -> dict[str, Any]:
    values = {name: getattr(question, name) for name in QUESTION_FIELDS}
    values["examples"] = list(question.examples)
    kept = {
        name: value
        for name, value in values.items()
        if value not in ([], getattr(_DEFAULTS, name)) or name in ("key", "kind", "text")
    }
    return kept | _plain_options(question)


def _plain_options(question: Question) -> dict[str, Any]:
    options = dict(question.options)
    if question.kind not in {kind.code for kind in SHIPPED}:
        return options
    if "levels" in options:
        options["levels"] = [_without_empty(level) for level in options["levels"]]
    return {name: value for name, value in options.items() if value not in ("", False)}
