"""Evaluations: the desk of the regions and the aggregates, over 500 and 50,000 evaluations.

Each size is measured beside a yardstick, a bare page of fifty listings with their count, whose
turns it shares: what grows is told by the ratio. Queries are counted: they must be as many.
"""

from __future__ import annotations

import datetime
import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bdis_site.settings.dev")

SIZES = [int(n) for n in os.environ.get("BDIS_BENCH_EVALUATIONS", "500,50000").split(",")]
ROUNDS = int(os.environ.get("BDIS_BENCH_ROUNDS", "21"))
#: Each initiative has finished one; of the second ones, half go on.
_PER_INITIATIVE = 2
_ANSWERED = 9
_AT_ONCE = 200
_YARDSTICK = "fifty listings and their count"


def main() -> None:
    """Print figures and ratios, and keep them in ``bench/history``.

    A process of its own: its database is new and thrown away, never the one of the site.
    """
    with tempfile.TemporaryDirectory(prefix="bdis-bench-") as folder:
        environment = {
            **os.environ,
            "BDIS_DATA_DIR": folder,
            "DEBUG": "0",
            "PYTHONPATH": os.pathsep.join(sys.path),
        }
        environment.pop("DATABASE_URL", None)
        command = [sys.executable, "-m", "bench.evaluations", "measure"]
        subprocess.run(command, env=environment, check=True)


def measure() -> None:
    """Fill the database to each size in turn, and measure there."""
    import django

    django.setup()
    from django.core.management import call_command

    from bench._measure import machine, write_history

    call_command("migrate", verbosity=0)
    call_command("load_reference", verbosity=0)
    version = grid()
    result: dict[str, Any] = {"machine": machine(), "sizes": {}}
    made = 0
    for size in SIZES:
        fill(version, made, size // _PER_INITIATIVE)
        made = size // _PER_INITIATIVE
        result["sizes"][str(size)] = measured()
        show(size, result["sizes"][str(size)])
    compare(result["sizes"])
    file = write_history(Path(__file__).parent / "history", result, name="evaluations")
    print(f"\n{file}")


def grid() -> Any:
    """Return the version in force of the shorter grid of the package."""
    from bdis_evaluation.demo.grids import load_grids
    from bdis_evaluation.models import Grid

    load_grids()
    return Grid.objects.get(code="demarche-progres").version_in_force


def fill(version: Any, first: int, last: int) -> None:
    """Add initiatives, from number ``first`` to ``last``, with two evaluations each."""
    from django.db import connection, transaction

    with transaction.atomic():
        keys = list(listings(first, last))
        evaluations(version, keys, random.Random(first))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def listings(first: int, last: int) -> Iterator[int]:
    """Write public listings under the pages of the regions, rows alone; yield their keys."""
    from django.contrib.contenttypes.models import ContentType
    from django.utils import timezone
    from wagtail.models import Locale, Page

    from bdis_cms.importing.writing import insert_pages
    from bdis_cms.models import Commune, InitiativePage, RegionPage

    kind = ContentType.objects.get_for_model(InitiativePage)
    regions = list(RegionPage.objects.order_by("path"))
    communes = list(Commune.objects.order_by("pk").values_list("pk", flat=True)[:1000])
    locale, until = Locale.get_default(), timezone.localdate() + datetime.timedelta(days=700)
    for start in range(first, last, _AT_ONCE):
        pages = []
        for number in range(start, min(start + _AT_ONCE, last)):
            region = regions[number % len(regions)]
            path = Page._get_path(region.path, region.depth + 1, number // len(regions) + 1)
            title, slug = f"Initiative {number:06}", f"initiative-{number}"
            page = InitiativePage(
                title=title,
                slug=slug,
                path=path,
                depth=region.depth + 1,
                url_path=f"{region.url_path}{slug}/",
                content_type=kind,
                locale=locale,
                live=True,
                commune_id=communes[number % len(communes)],
                charter_valid_until=until,
            )
            page.draft_title = title
            pages.append(page)
        insert_pages(pages)
        yield from (page.pk for page in pages)


def evaluations(version: Any, keys: list[int], chance: random.Random) -> None:
    """Write two evaluations of each listing, with results, answers and the next due day."""
    from django.utils import timezone

    from bdis_evaluation.models import Answer, Evaluation, ProgressPlan, ThemeResult

    now = timezone.now()
    questions = list(version.content.questions)[:_ANSWERED]

    def evaluation(key: int, days: int, *, closed: bool) -> Any:
        at = now - datetime.timedelta(days=days)
        state = {"state": "closed", "closed_at": at} if closed else {"state": "draft"}
        facts = {"started_at": at, "touched_at": at, **state}
        return Evaluation(initiative_id=key, grid_id=version.grid_id, version=version, **facts)

    rows = [evaluation(key, 800 + chance.randrange(90), closed=True) for key in keys]
    rows += [
        evaluation(key, chance.randrange(1, 300), closed=number % 2 == 0)
        for number, key in enumerate(keys)
    ]
    for start in range(0, len(rows), 5000):
        some = Evaluation.objects.bulk_create(rows[start : start + 5000])
        ThemeResult.objects.bulk_create(
            ThemeResult(
                evaluation=one, theme=theme.code, share=chance.random(), answered=4, awaited=4
            )
            for one in some
            if one.state == "closed"
            for theme in version.content
        )
        Answer.objects.bulk_create(
            Answer(evaluation=one, key=key, value=1, revision=1, updated_at=now)
            for one in some
            if one.state == "draft"
            for key in questions[: chance.randrange(1, _ANSWERED)]
        )
    today = timezone.localdate()
    ProgressPlan.objects.bulk_create(
        ProgressPlan(
            initiative_id=key,
            next_due_on=today + datetime.timedelta(days=chance.randrange(-90, 700)),
        )
        for key in keys
    )


def acts() -> dict[str, Callable[[Any], object]]:
    """Return what is measured, by name."""
    from django.contrib.auth import get_user_model
    from django.contrib.auth.models import Group
    from django.test import Client
    from django.urls import reverse

    from bdis_cms.models import InitiativePage, Region
    from bdis_cms.sitetree import NATIONAL_GROUP, moderators_group_name
    from bdis_evaluation.cycles.aggregates import progress_figures

    def of(name: str, group: str) -> Client:
        user, _created = get_user_model().objects.get_or_create(username=name)
        user.groups.set([Group.objects.get(name=group)])
        client = Client(SERVER_NAME="127.0.0.1")
        client.force_login(user)
        return client

    national = of("national", NATIONAL_GROUP)
    regional = of("regional", moderators_group_name(Region.objects.get(code="84")))
    url = reverse("bdis_desk:index")

    def page(client: Client, **asked: str) -> Callable[[Any], object]:
        def act(_turn: Any) -> None:
            answer = client.get(url, asked)
            assert answer.status_code == 200, answer.status_code

        return act

    def yardstick(_turn: Any) -> None:
        pages = InitiativePage.objects.public().order_by("title")
        list(pages[:50])
        pages.count()

    return {
        _YARDSTICK: yardstick,
        "desk, the whole country": page(national),
        "desk, a region": page(regional),
        "desk, a region, in progress": page(regional, state="ongoing"),
        "desk, a region, overdue": page(regional, overdue="1"),
        "aggregates": lambda _turn: progress_figures(),
    }


def measured() -> dict[str, dict[str, float]]:
    """Return the figures and the queries of each act."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from bench._measure import figures, side_by_side

    named = acts()
    queries = {}
    for name, act in named.items():
        act(None)
        with CaptureQueriesContext(connection) as asked:
            act(None)
        queries[name] = len(asked)
    spent = side_by_side(list(named.values()), list(range(ROUNDS)))
    return {
        name: {"queries": queries[name], **figures(times)}
        for name, times in zip(named, spent, strict=True)
    }


def show(size: int, found: dict[str, dict[str, float]]) -> None:
    """Print the figures of one size."""
    print(f"\n{size:,} evaluations".replace(",", " "))
    for name, told in found.items():
        print(
            f"  {name:32} {told['queries']:4} queries   median {told['median']:8.1f} ms   "
            f"p95 {told['p95']:8.1f} ms"
        )


def compare(sizes: dict[str, dict[str, dict[str, float]]]) -> None:
    """Print ratios, and end with an error when the number of queries changed."""
    least, most = sizes[min(sizes, key=int)], sizes[max(sizes, key=int)]
    print("\nfrom the fewest to the most: medians, and the same over the yardstick")
    for name, told in most.items():
        growth = told["median"] / least[name]["median"]
        beside = told["median"] / most[_YARDSTICK]["median"]
        print(f"  {name:32} × {growth:6.1f}   {beside:6.1f} yardsticks")
    changed = {name for name in most if most[name]["queries"] != least[name]["queries"]}
    if changed:
        sys.exit(
            f"The number of queries depends on the number of rows: {json.dumps(sorted(changed))}"
        )


if __name__ == "__main__":
    if len(sys.argv) > 1:
        measure()
    else:
        main()
