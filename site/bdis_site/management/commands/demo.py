"""``manage.py demo``: a whole directory, filled and served."""

from __future__ import annotations

import socket
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from tqdm import tqdm

HOST = "127.0.0.1"


class Command(BaseCommand):
    help = (
        "Prepare and serve a demonstration: database, reference data, a few hundred invented "
        "listings, accounts, search index. Run again, it starts in seconds and loses nothing."
    )
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="port of the site (8000)")
        parser.add_argument("--no-serve", action="store_true", help="prepare everything, then stop")

    def handle(self, *args: Any, port: int, no_serve: bool, **options: Any) -> None:
        from bdis_cms.demo.accounts import PublicPasswordRefused

        if not settings.DEBUG:
            raise CommandError(str(PublicPasswordRefused()))
        if not no_serve:
            self._check_port(port)
        self._step(_("Database"), self._migrate)
        self._step(_("Territories, nomenclatures and regions"), self._load_reference)
        self._step(_("Demonstration"), self._load_demonstration)
        self._step(_("Search index"), self._index)
        self._name_site(port)
        self._tell(port, no_serve)
        if not no_serve:
            call_command("runserver", f"{HOST}:{port}", use_reloader=False, skip_checks=True)

    def _step(self, name: str, work: Callable[[], str]) -> None:
        self.stdout.write(f"• {name}… ", ending="")
        self.stdout.flush()
        began = time.monotonic()
        done = work()
        self.stdout.write(f"{done} ({time.monotonic() - began:.1f} s)")

    def _migrate(self) -> str:
        executor = MigrationExecutor(connection)
        if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return _("up to date")
        call_command("migrate", interactive=False, verbosity=0)
        return _("ready")

    def _load_reference(self) -> str:
        from bdis_cms.models import Activity, Commune, RegionPage

        if Commune.objects.exists() and Activity.objects.exists() and RegionPage.objects.exists():
            return _("already there")
        call_command("load_reference", verbosity=0)
        return _("loaded")

    def _load_demonstration(self) -> str:
        from bdis_cms.demo.accounts import EDITORS, OTHERS, ensure_accounts, ensure_members
        from bdis_cms.demo.illustrations import Illustrations
        from bdis_cms.demo.listings import demo_editors, load_listings
        from bdis_cms.demo.pages import load_pages
        from bdis_evaluation.demo.charter import load_charter
        from bdis_evaluation.demo.evaluations import load_evaluations
        from bdis_evaluation.demo.grids import load_grids

        def progress(listings: Iterable[Any]) -> Iterable[Any]:
            return tqdm(listings, leave=False, disable=not sys.stderr.isatty())

        # Moderators come after the listings: nobody is to be told of what was sent to review.
        ensure_accounts(EDITORS)
        pictures = Illustrations()
        listings = load_listings(
            editors=demo_editors(EDITORS), pictures=pictures, progress=progress
        )
        load_pages(pictures=pictures)
        ensure_members()
        load_charter()
        load_grids()
        ensure_accounts(OTHERS)
        load_evaluations()
        if not listings:
            return _("already there")
        return ngettext("%(n)d listing", "%(n)d listings", listings) % {"n": listings}

    def _index(self) -> str:
        from bdis_cms.models import InitiativePage
        from bdis_search.backends.base import SearchEngineError
        from bdis_search.engine import engines
        from bdis_search.outbox import drain

        try:
            drain()
            indexed = len(dict(engines()["primary"].fingerprints()))
        except SearchEngineError:
            indexed = -1
        # Lapsed listings may stay in the index: they are never shown.
        if indexed < InitiativePage.objects.public().count():
            call_command("reindex", verbosity=0)
            return _("built")
        return _("up to date")

    def _name_site(self, port: int) -> None:
        """Make the addresses that the site writes (feeds, API, sharing) those of this machine."""
        from wagtail.models import Site

        site = Site.objects.filter(is_default_site=True).first()
        # A site that was given an address or a name of its own keeps it.
        if site and site.hostname in {"localhost", HOST}:
            site.hostname, site.port = HOST, port
            site.site_name = site.site_name or settings.WAGTAIL_SITE_NAME
            site.save()

    def _check_port(self, port: int) -> None:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError as error:
                raise CommandError(
                    _(
                        "Port %(port)d is taken: choose another one, “make demo PORT=%(other)d” "
                        "or “manage.py demo --port %(other)d”."
                    )
                    % {"port": port, "other": port + 1}
                ) from error

    def _tell(self, port: int, no_serve: bool) -> None:
        from bdis_cms.demo.accounts import EDITORS, MEMBERS, OTHERS, PASSWORD
        from bdis_cms.models import InitiativePage, Region

        base = f"http://{HOST}:{port}"
        regions = dict(Region.objects.values_list("code", "name"))
        public = InitiativePage.objects.public().count()
        lines = [
            "",
            self.style.SUCCESS(
                ngettext(
                    "The directory is ready: %(n)d public listing.",
                    "The directory is ready: %(n)d public listings.",
                    public,
                )
                % {"n": public}
            ),
            "",
            f"  {_('Site'):<16}{base}/",
            f"  {_('Search'):<16}{base}/recherche/",
            f"  {_('Map'):<16}{base}/carte/",
            f"  {_('Administration'):<16}{base}/admin/",
            f"  {_('My space'):<16}{base}/mon-espace/",
            f"  {_('API'):<16}{base}/api/v1/docs",
            "",
            _("Accounts of the administration (password: %(password)s, unless you changed it)")
            % {"password": PASSWORD},
            "",
        ]
        for account in (*EDITORS, *OTHERS):
            where = regions.get(account.region) or _("Whole country")
            lines.append(f"  {account.username:<22}{account.role:<28}{where}")
        lines += ["", _("Accounts of the space of initiatives (same password)"), ""]
        titles = dict(
            InitiativePage.objects.filter(is_demo=True).values_list("external_id", "title")
        )
        for member in MEMBERS:
            for listing, role in member.roles:
                lines.append(f"  {member.email:<22}{role.label!s:<28}{titles.get(listing, '')}")
        lines += ["", _("To stop: Ctrl-C.") if not no_serve else _("To serve: manage.py demo"), ""]
        self.stdout.write("\n".join(lines))
        self.stdout.flush()  # into a file or a pipe too, the accounts come before the site stops
