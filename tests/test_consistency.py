"""What the project says of itself holds."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("bdis_cms", "search", "evaluation", "ethics", "site")
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")
SETTING = re.compile(r"""settings(?:,\s*"|\.)(BDIS_\w+)""")


def python_files():
    return [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]


def test_the_project_folder_does_not_hide_the_standard_library_site():
    assert not (ROOT / "site" / "__init__.py").exists()


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_links_of_the_documentation_lead_somewhere(page):
    links = LINK.findall(page.read_text("utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_every_setting_that_is_read_is_documented():
    read = {name for path in python_files() for name in SETTING.findall(path.read_text("utf-8"))}
    reference = (ROOT / "docs/reference/settings.md").read_text("utf-8")
    assert {name for name in read if f"`{name}`" not in reference} == set()


def test_every_command_is_documented():
    ours = {name for name, app in get_commands().items() if app.startswith("bdis_")}
    reference = (ROOT / "docs/reference/commands.md").read_text("utf-8")
    assert {name for name in ours if f"## {name}" not in reference} == set()
