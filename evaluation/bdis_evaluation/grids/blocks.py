"""How a grid is edited: themes, headings and questions as blocks, and their content read back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.fields import StreamField

from bdis_evaluation.grids.content import GridContent, Question, SubTheme, Theme
from bdis_evaluation.grids.kinds import SHIPPED, question_kinds

#: What every question has; the rest of a block are the options of its kind.
COMMON = ("key", "text", "guidance", "examples", "weight", "required", "may_be_not_applicable")
SUBTHEME = "subtheme"
OTHER = "other"


class QuestionBlock(blocks.StructBlock):
    """What every question has."""

    text = blocks.TextBlock(label=_("question"), max_length=500)
    guidance = blocks.TextBlock(label=_("guidance"), required=False, max_length=2_000)
    examples = blocks.ListBlock(
        blocks.CharBlock(label=_("example"), max_length=500), label=_("examples"), default=[]
    )
    required = blocks.BooleanBlock(label=_("an answer is awaited"), required=False, default=True)
    may_be_not_applicable = blocks.BooleanBlock(
        label=_("“not applicable” is possible, with a reason"), required=False, default=True
    )
    weight = blocks.IntegerBlock(
        label=_("weight"),
        default=1,
        min_value=1,
        max_value=5,
        help_text=_("For pictures only: no score, no ranking is made of it."),
    )
    key = blocks.CharBlock(
        label=_("reference"),
        required=False,
        max_length=60,
        validators=[validate_slug],
        help_text=_("It stays the same in every version. Leave it empty: it will be made."),
    )

    class Meta:
        label_format = "{text}"


class LevelBlock(blocks.StructBlock):
    """A level, described."""

    label = blocks.CharBlock(label=_("level"), max_length=80)
    description = blocks.TextBlock(label=_("description"), required=False, max_length=600)


class LevelQuestionBlock(QuestionBlock):
    """Options of ``LevelKind``."""

    levels = blocks.ListBlock(LevelBlock(), label=_("levels"), min_num=2, max_num=10)

    class Meta:
        icon = "order"
        label = _("Maturity level")
        label_format = "{text}"


class IndicatorQuestionBlock(QuestionBlock):
    """Options of ``IndicatorKind``."""

    unit = blocks.CharBlock(label=_("unit"), max_length=40)
    period = blocks.CharBlock(
        label=_("period"), required=False, max_length=80, help_text=_("For example: over a year.")
    )

    class Meta:
        icon = "calendar-alt"
        label = _("Indicator")
        label_format = "{text}"


class YesNoQuestionBlock(QuestionBlock):
    """Options of ``YesNoKind``."""

    evidence = blocks.BooleanBlock(label=_("a yes asks for evidence"), required=False)

    class Meta:
        icon = "check"
        label = _("Yes or no")
        label_format = "{text}"


def _kinds_of_plugins() -> list[tuple[str, Any]]:
    shipped = {kind.code for kind in SHIPPED}
    return [(code, kind.label) for code, kind in question_kinds().items() if code not in shipped]


class OtherQuestionBlock(QuestionBlock):
    """A question of a kind that a plug-in brings."""

    kind = blocks.ChoiceBlock(label=_("kind"), choices=_kinds_of_plugins)
    options = blocks.TextBlock(
        label=_("options"), required=False, help_text=_("As JSON, as the plug-in documents it.")
    )

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        try:
            options = json.loads(cleaned["options"] or "{}")
            if not isinstance(options, dict):
                raise ValueError(_("write them between { and }"))
            question_kinds()[cleaned["kind"]].clean_options(options)
        except (ValueError, RecursionError) as error:
            raise blocks.StructBlockValidationError(
                {"options": ValidationError(str(error))}
            ) from error
        return cleaned

    class Meta:
        icon = "plus"
        label = _("Other kind")
        label_format = "{text}"


class SubThemeBlock(blocks.StructBlock):
    """A heading: the questions that follow are under it."""

    title = blocks.CharBlock(label=_("title"), max_length=200)
    introduction = blocks.TextBlock(label=_("introduction"), required=False, max_length=1_000)

    class Meta:
        icon = "title"
        label = _("Sub-theme")
        label_format = "{title}"


class ThemeItemsBlock(blocks.StreamBlock):
    """What a theme holds, in order."""

    subtheme = SubThemeBlock()
    level = LevelQuestionBlock()
    indicator = IndicatorQuestionBlock()
    yes_no = YesNoQuestionBlock()
    text = QuestionBlock(icon="pilcrow", label=_("Free text"))
    other = OtherQuestionBlock()

    class Meta:
        collapsed = True


class ThemeBlock(blocks.StructBlock):
    """A theme, answered on one screen."""

    title = blocks.CharBlock(label=_("title"), max_length=200)
    introduction = blocks.TextBlock(label=_("introduction"), required=False, max_length=2_000)
    items = ThemeItemsBlock(label=_("questions"), required=False)
    code = blocks.CharBlock(
        label=_("reference"),
        required=False,
        max_length=60,
        validators=[validate_slug],
        help_text=_("It stays the same in every version. Leave it empty: it will be made."),
    )

    class Meta:
        icon = "folder-open-inverse"
        label = _("Theme")
        label_format = "{title}"


class GridStreamField(StreamField):
    """The themes of a version; its blocks are no matter of migrations: JSON holds them all."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__([("theme", ThemeBlock())], **(kwargs | {"blank": True, "collapsed": True}))

    def deconstruct(self) -> Any:
        name, path, _args, kwargs = super().deconstruct()
        for name_of_blocks in ("block_lookup", "collapsed"):
            kwargs.pop(name_of_blocks, None)
        return name, path, [], kwargs


def read_content(themes: Iterable[Mapping[str, Any]]) -> GridContent:
    """Return the content of the raw JSON that the field stores."""
    return GridContent(tuple(_theme(one["value"]) for one in themes if one["type"] == "theme"))


def write_content(content: GridContent) -> list[dict[str, Any]]:
    """Return the raw JSON that the field stores of ``content``: ``read_content`` gives it back."""
    return [
        {
            "type": "theme",
            "value": {
                "code": theme.code,
                "title": theme.title,
                "introduction": theme.introduction,
                "items": [item for part in theme.subthemes for item in _items_of(part)],
            },
        }
        for theme in content
    ]


def _items_of(part: SubTheme) -> Iterator[dict[str, Any]]:
    if part.title:
        yield {
            "type": SUBTHEME,
            "value": {"title": part.title, "introduction": part.introduction},
        }
    for question in part.questions:
        value = {name: getattr(question, name) for name in COMMON}
        value["examples"] = list(question.examples)
        if question.kind in ThemeItemsBlock.base_blocks:
            yield {"type": question.kind, "value": value | dict(question.options)}
        else:
            options = json.dumps(question.options, ensure_ascii=False, indent=2)
            yield {"type": OTHER, "value": value | {"kind": question.kind, "options": options}}


def _theme(value: Mapping[str, Any]) -> Theme:
    parts: list[tuple[Mapping[str, Any], list[Question]]] = [({}, [])]
    for item in value.get("items") or ():
        if item["type"] == SUBTHEME:
            parts.append((item["value"], []))
        else:
            parts[-1][1].append(_question(item["type"], item["value"]))
    subthemes = tuple(
        SubTheme(head.get("title", ""), tuple(questions), head.get("introduction") or "")
        for head, questions in parts
        if questions or head
    )
    return Theme(
        value.get("code") or "", value["title"], value.get("introduction") or "", subthemes
    )


def _question(kind: str, value: Mapping[str, Any]) -> Question:
    options = {name: one for name, one in value.items() if name not in COMMON}
    if kind == OTHER:
        kind, options = value["kind"], _loads(value.get("options") or "")
    elif "levels" in options:
        options["levels"] = [_item(level) for level in options["levels"]]
    return Question(
        key=value.get("key") or "",
        kind=kind,
        text=value["text"],
        guidance=value.get("guidance") or "",
        examples=tuple(_item(example) for example in value.get("examples") or ()),
        weight=value.get("weight") or 1,
        required=value.get("required", True),
        may_be_not_applicable=value.get("may_be_not_applicable", True),
        options=options,
    )


def _item(listed: Any) -> Any:
    """Return the value of an item of a list, which Wagtail stores with an id."""
    return listed["value"] if isinstance(listed, Mapping) and "value" in listed else listed


def _loads(text: str) -> dict[str, Any]:
    try:
        options = json.loads(text or "{}")
    except ValueError:
        return {}
    return options if isinstance(options, dict) else {}
