"""Bring the French catalogue up to date with the code, or check that it is (``--check``).

All packages and templates share one catalogue, in ``bdis_cms/locale``; English is in the code.
Needs GNU gettext.
"""

import argparse
import os
import shutil
import sys
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parents[1]
LOCALE = ROOT / "bdis_cms" / "locale"
CATALOGUE = LOCALE / "fr" / "LC_MESSAGES" / "django.po"
COMPILED = CATALOGUE.with_suffix(".mo")
IGNORED = [".venv", "tests", "bench", "scripts", "docs", "var", "build", "dist"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 if outdated")
    check = parser.parse_args().check
    if not shutil.which("xgettext"):
        print("GNU gettext is missing (Debian: apt install gettext); the catalogue is not checked.")
        return 1
    before, compiled = CATALOGUE.read_bytes(), COMPILED.read_bytes()
    known = contents(polib.pofile(str(CATALOGUE)))
    collect()
    catalogue = polib.pofile(str(CATALOGUE), wrapwidth=98)
    problems = [f"not translated: {entry.msgid!r}" for entry in catalogue.untranslated_entries()]
    problems += [f"fuzzy: {entry.msgid!r}" for entry in catalogue.fuzzy_entries()]
    if check:
        problems += [f"not in the catalogue: {key}" for key in contents(catalogue).keys() - known]
        problems += [f"no longer used: {key}" for key in known.keys() - contents(catalogue).keys()]
        if contents(polib.mofile(str(COMPILED))) != known:
            problems.append("django.mo is older than django.po")
        CATALOGUE.write_bytes(before)
        COMPILED.write_bytes(compiled)
    else:
        # A date at every run would make every run a change.
        catalogue.metadata.pop("POT-Creation-Date", None)
        catalogue.save()
        catalogue.save_as_mofile(str(COMPILED))
    if problems:
        print("\n".join(problems))
        print(f"{len(problems)} problems; run `make messages` and translate {CATALOGUE.name}.")
        return 1
    print(f"{len(catalogue)} messages, all translated.")
    return 0


def collect() -> None:
    """Run Django's makemessages over the whole repository into the one catalogue."""
    os.chdir(ROOT)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bdis_site.settings.test")
    import django
    from django.conf import settings
    from django.core.management import call_command

    settings.LOCALE_PATHS = [str(LOCALE)]
    django.setup()
    call_command(
        "makemessages",
        locale=["fr"],
        extensions=["html", "txt", "py"],
        ignore_patterns=IGNORED,
        no_obsolete=True,
        add_location="file",
        no_wrap=True,
        verbosity=0,
    )


def contents(catalogue: "polib.POFile | polib.MOFile") -> dict[tuple[str, str], tuple[str, ...]]:
    """Return {(context, message): translations} of what is translated."""
    return {
        (entry.msgctxt or "", entry.msgid): tuple(entry.msgstr_plural.values()) or (entry.msgstr,)
        for entry in catalogue
        if isinstance(catalogue, polib.MOFile) or entry.translated()
    }


if __name__ == "__main__":
    sys.exit(main())
