#!/usr/bin/env python
"""Run administrative tasks; development settings are the default and need no variable."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
SOURCES = (ROOT / "site", ROOT / "evaluation", ROOT / "ethics", ROOT / "search", ROOT)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bdis_site.settings.dev")
    sys.path[:0] = [str(source) for source in SOURCES]
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
