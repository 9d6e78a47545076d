"""``manage.py check_ledger``: what was signed is still what is kept."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _


class Command(BaseCommand):
    help = (
        "Recompute the hashes of the charter ledger (texts, signatures, signatories) and look for "
        "the triggers that keep it closed. Exits 1 when something differs."
    )

    def handle(self, *args: Any, verbosity: int, **options: Any) -> None:
        from bdis_evaluation.charter.checking import check_ledger
        from bdis_evaluation.models import CharterAdhesion

        problems = 0
        for problem in check_ledger():
            problems += 1
            self.stderr.write(problem)
        if problems:
            raise CommandError(_("The ledger was altered: %(n)d differences.") % {"n": problems})
        lines = CharterAdhesion.objects.count()
        if verbosity:
            told = _("The ledger holds: %(n)d lines checked.") % {"n": lines}
            self.stdout.write(self.style.SUCCESS(told))
