"""Rules of the templates and of what they serve."""

from __future__ import annotations

import gzip
import importlib.util
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
PACKAGES = ("bdis_cms", "search", "evaluation", "ethics", "site")
STATIC = ROOT / "site" / "bdis_site" / "static" / "bdis"
# The admin and mailboxes have rules of their own: inline styles are all that the latter know.
PUBLIC = sorted(
    path
    for path in TEMPLATES.rglob("*.html")
    if not {"admin", "mail"} & set(path.relative_to(TEMPLATES).parts)
)
COMPONENTS = sorted((TEMPLATES / "components").glob("*.html"))
INCLUDE = re.compile(r'{%\s*include\s+"(components/[^"]+)"([^%]*)%}')
# Rendered by Wagtail or Django from a name that no template mentions.
ENTRY_POINTS = re.compile(r"^(bdis_cms/\w+_page\.html|\d{3}\.html)$")


def names(paths):
    return [path.relative_to(TEMPLATES).as_posix() for path in paths]


def build_front():
    spec = importlib.util.spec_from_file_location("build_front", ROOT / "scripts/build_front.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("component", COMPONENTS, ids=names(COMPONENTS))
def test_a_component_says_its_variables_and_stays_short(component):
    text = component.read_text("utf-8")
    assert re.match(r"{#.*Variables:.*#}\n", text), "begin with {# what it is. Variables: … #}"
    assert len(text.splitlines()) <= 60


@pytest.mark.parametrize("template", PUBLIC, ids=names(PUBLIC))
def test_components_are_included_with_what_they_need_only(template):
    for name, arguments in INCLUDE.findall(template.read_text("utf-8")):
        assert (TEMPLATES / name).is_file(), f"{name} does not exist"
        assert arguments.split()[-1:] == ["only"], f"{name} is included without “only”"


@pytest.mark.parametrize("template", PUBLIC, ids=names(PUBLIC))
def test_nothing_is_inline_that_the_security_policy_forbids(template):
    text = template.read_text("utf-8")
    assert not re.search(r"\sstyle=", text)
    assert not re.search(r"<style\b", text)
    assert not re.search(r"\son[a-z]+=\"", text)
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert not re.search(r"(src|href)=\"(https?:)?//", text)


def test_every_template_is_used():
    host = ROOT / "site" / "bdis_site" / "templates"
    code = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    text = "\n".join(path.read_text("utf-8") for path in [*PUBLIC, *host.rglob("*.html"), *code])
    unused = [
        name for name in names(PUBLIC) if f'"{name}"' not in text and not ENTRY_POINTS.match(name)
    ]
    assert unused == []


def test_every_icon_used_is_in_the_sprite():
    sprite = (STATIC / "img" / "sprite.svg").read_text("utf-8")
    drawn = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    used = set()
    for path in PUBLIC:
        text = path.read_text("utf-8")
        used |= set(re.findall(r'{%\s*icon\s+"([^"]+)"', text))
        used |= set(re.findall(r'\bicon="([^"]+)"', text))
    families = (ROOT / "bdis_cms/data/nomenclature/families.yaml").read_text("utf-8")
    used |= set(re.findall(r"^\s*icon:\s*(\S+)", families, re.MULTILINE))
    assert used - drawn == set()


def test_the_stylesheet_is_built_from_its_sources_and_light():
    built = (STATIC / "css" / "bdis.css").read_text("utf-8")
    assert built == build_front().concatenate_css(), "run: python scripts/build_front.py css"
    assert len(gzip.compress(built.encode())) <= 14_000


def test_fonts_are_light():
    assert sum(font.stat().st_size for font in (STATIC / "fonts").glob("*.woff2")) <= 70_000


def test_every_class_of_a_state_is_styled():
    css = "".join(path.read_text("utf-8") for path in (STATIC / "css" / "src").glob("*.css"))
    used = set()
    for path in PUBLIC:
        for value in re.findall(r'class="([^"]*)"', path.read_text("utf-8")):
            plain = re.sub(r"{[{%].*?[%}]}", " ", value)
            used |= {word for word in plain.split() if re.fullmatch(r"[a-z][a-z0-9-]+", word)}
    unknown = sorted(name for name in used if f".{name}" not in css)
    assert set(unknown) <= {"label", "leaf"}, unknown
