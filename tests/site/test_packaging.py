"""The wheel installs into a stock Wagtail project and works with the documented lines."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = {"bdis_cms", "bdis_evaluation", "bdis_ethics", "bdis_search", "bdis_site"}
APPS = ("bdis_search", "bdis_ethics", "bdis_evaluation", "bdis_cms")

pytestmark = pytest.mark.slow


def run(*command: str | Path, cwd: Path) -> str:
    environment = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("BDIS_", "DJANGO_", "PYTHON")) and key != "DATABASE_URL"
    }
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    source = tmp_path_factory.mktemp("source")
    tracked = run("git", "ls-files", "-z", cwd=ROOT).split("\0")
    for name in filter(None, tracked):
        if (ROOT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, source / name)
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", ".", cwd=source)
    return next((source / "dist").glob("*.whl"))


def test_the_wheel_holds_only_bdis_packages_with_their_templates_and_assets(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    top_folders = {name.split("/")[0] for name in names if ".dist-info/" not in name}
    assert top_folders == PACKAGES
    assert "bdis_cms/templates/bdis_search/search.html" in names
    assert any(name.startswith("bdis_cms/static/bdis/css/") for name in names)
    assert "bdis_cms/locale/fr/LC_MESSAGES/django.mo" in names
    assert not [name for name in names if "/tests/" in name or name.endswith(".pyc")]


def test_a_stock_wagtail_project_becomes_a_directory(wheel: Path, tmp_path: Path) -> None:
    run(sys.executable, "-m", "uv", "venv", "--quiet", "env", cwd=tmp_path)
    python = tmp_path / "env" / "bin" / "python"
    run(
        sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", python, wheel,
        cwd=tmp_path,
    )  # fmt: skip
    run(tmp_path / "env" / "bin" / "wagtail", "start", "mysite", cwd=tmp_path)
    host = tmp_path / "mysite"
    settings = host / "mysite" / "settings" / "base.py"
    lines = "".join(f'    "{app}",\n' for app in APPS)
    settings.write_text(
        settings.read_text().replace("INSTALLED_APPS = [\n", f"INSTALLED_APPS = [\n{lines}", 1)
    )
    urls = host / "mysite" / "urls.py"
    urls.write_text(
        urls.read_text().replace(
            "urlpatterns = [\n",
            'urlpatterns = [\n    path("", include("bdis_search.urls")),\n',
            1,
        )
    )
    run(python, "manage.py", "migrate", "--verbosity", "0", cwd=host)
    run(python, "manage.py", "load_reference", cwd=host)
    script = (
        "from django.test import Client;"
        "from wagtail.models import Site;"
        "client = Client(headers={'host': 'localhost'});"
        "paths = ['/', '/recherche/', '/carte/', '/regions/bretagne/', '/nomenclature/',"
        " '/api/v1/initiatives', '/api/v1/docs', '/admin/login/',"
        " '/sitemap.xml', '/sitemap-listings.xml', '/mon-espace/'];"
        "print({path: client.get(path).status_code for path in paths})"
    )
    answers = run(python, "manage.py", "shell", "--no-imports", "-c", script, cwd=host)
    assert answers.count(": 200") == 10, answers
    # The space asks to sign in, wherever the host says.
    assert "'/mon-espace/': 302" in answers
    run(python, "manage.py", "makemigrations", "--check", "--dry-run", cwd=host)
