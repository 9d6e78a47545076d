"""Figures of the progress approach: right, and never of fewer than three initiatives."""

from __future__ import annotations

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from bdis_cms.models import InitiativePage
from bdis_evaluation.cycles.aggregates import progress_figures
from bdis_evaluation.cycles.suppression import SMALLEST, suppress
from bdis_evaluation.models import ThemeResult
from tests.factories import InitiativePageFactory
from tests.factories.evaluations import ClosedEvaluationFactory, GridVersionFactory

NUMBERS = st.dictionaries(st.integers(0, 20), st.integers(0, 12), max_size=18)


@given(NUMBERS)
def test_no_figure_is_shown_of_fewer_than_three_nor_obtained_by_difference(numbers):
    found = suppress(numbers)
    shown = {part: number for part, number in numbers.items() if part not in found.parts}
    total = sum(numbers.values())
    assert all(number == 0 or number >= SMALLEST for number in shown.values())
    assert all(numbers[part] for part in found.parts)
    if not found.whole:
        left = total - sum(shown.values())
        assert total == 0 or total >= SMALLEST
        assert left == 0 or (left >= SMALLEST and len(found.parts) > 1)


@given(NUMBERS)
def test_nothing_is_hidden_without_a_need(numbers):
    if all(number == 0 or number >= SMALLEST for number in numbers.values()):
        assert suppress(numbers).parts == frozenset()
        assert not suppress(numbers).whole


@given(NUMBERS)
def test_the_country_is_hidden_only_when_its_regions_cannot_protect_the_small(numbers):
    found = suppress(numbers)
    if found.whole:
        assert found.parts >= {part for part, number in numbers.items() if number}


def test_the_smallest_of_the_others_is_hidden_with_the_one_that_is_alone():
    found = suppress({"a": 2, "b": 30, "c": 4, "d": 0})
    assert (found.parts, found.whole) == ({"a", "c"}, False)
    assert suppress({"a": 1, "b": 1}).whole
    assert suppress({"a": 1, "b": 1, "c": 9}).parts == {"a", "b", "c"}


@pytest.fixture
def version(db):
    return GridVersionFactory()


@pytest.fixture
def finished(site_tree, territories, version):
    """Have a listing of a commune finish an evaluation with a share in governance."""

    def finish(commune, share, days_ago=10, page=None, **traits):
        page = page or InitiativePageFactory(commune=commune, progress_state="done", **traits)
        moment = timezone.now() - datetime.timedelta(days=days_ago)
        evaluation = ClosedEvaluationFactory(initiative=page, version=version, started_at=moment)
        ThemeResult.objects.create(
            evaluation=evaluation, theme="gouvernance", share=share, answered=1, awaited=1
        )
        ThemeResult.objects.create(
            evaluation=evaluation, theme="emploi", share=None, answered=0, awaited=0
        )
        return page

    return finish


def lines(key):
    figures = progress_figures()
    found = {line.region.code: line.themes[key] for line in figures.regions}
    return figures.country.themes[key], found


def test_figures_are_of_the_last_finished_evaluation_of_public_listings(
    finished, territories, version
):
    for share in (0.2, 0.4, 0.6):
        page = finished(territories.die, share)
    finished(territories.die, 0.0, days_ago=900, page=page)
    for share in (0.5, 0.7, 0.9):
        finished(territories.avignon, share)
    finished(territories.die, 1.0, suspended=True)
    key = (version.grid_id, "gouvernance")
    country, regions = lines(key)
    assert (regions["84"].count, regions["84"].value) == (3, pytest.approx(0.4))
    assert (regions["93"].count, regions["93"].value) == (3, pytest.approx(0.7))
    assert (country.count, country.value) == (6, pytest.approx(0.55))
    figures = progress_figures()
    assert figures.country.states["done"].count == 6
    assert figures.country.states["ongoing"].count == 0
    assert [theme.title for theme in figures.themes] == ["Gouvernance démocratique"]


def test_a_small_region_is_hidden_with_what_would_reveal_it(finished, territories, version):
    for share in (0.2, 0.4, 0.6):
        finished(territories.die, share)
    finished(territories.avignon, 0.9)
    country, regions = lines((version.grid_id, "gouvernance"))
    assert regions["93"].is_hidden
    assert regions["84"].is_hidden
    assert country.count == 4
    assert progress_figures().regions[0].states["done"].is_hidden


def test_too_few_in_the_whole_country_are_hidden(finished, territories, version):
    finished(territories.die, 0.2)
    finished(territories.avignon, 0.9)
    country, regions = lines((version.grid_id, "gouvernance"))
    assert country.is_hidden
    assert all(figure.is_hidden for figure in regions.values())


def test_the_queries_do_not_grow(finished, territories):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            progress_figures()
        return len(captured)

    finished(territories.die, 0.2)
    few = queries()
    for _number in range(6):
        finished(territories.avignon, 0.5)
    assert InitiativePage.objects.count() == 7
    assert queries() <= few
