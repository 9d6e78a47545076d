"""Questions whose SQL is written once answer as the ORM does, whatever is given."""

from __future__ import annotations

import datetime

import pytest
from django.utils import timezone
from wagtail.models import PageViewRestriction

from bdis_cms.models import InitiativePage
from bdis_search.compiled import rows
from tests.factories import InitiativePageFactory

pytestmark = pytest.mark.django_db

FIELDS = ("pk", "title", "live", "confirmed_on", "last_published_at", "latitude")


def public(keys, today, now):
    found = InitiativePage.objects.public_in_one_statement(today, now).filter(pk__in=keys)
    return found.order_by("pk").values_list(*FIELDS)


def test_rows_are_those_of_the_orm_with_dates_and_truths(site_tree):
    pages = [InitiativePageFactory(confirmed_on=datetime.date(2026, 3, 4)) for _ in range(3)]
    InitiativePage.objects.update(last_published_at=timezone.now())
    today, now = timezone.localdate(), timezone.now()
    for keys in ([pages[0].pk], [page.pk for page in pages], [pages[2].pk, 999_999]):
        found = rows(public, keys, today, now)
        assert found == list(public(keys, today, now))
        by_wagtail = InitiativePage.objects.public(today, now).filter(pk__in=keys).order_by("pk")
        assert found == list(by_wagtail.values_list(*FIELDS))
        assert len(found) == len([page for page in pages if page.pk in keys])
        assert isinstance(found[0][4], datetime.datetime)


def test_each_question_is_asked_of_the_database_with_the_moment_given(site_tree):
    now = timezone.now()
    page = InitiativePageFactory(
        charter_valid_until=datetime.date(2026, 6, 30), expire_at=now + datetime.timedelta(hours=1)
    )

    def shown(today, moment):
        found = [row[0] for row in rows(public, [page.pk], today, moment)]
        assert found == [one.pk for one in InitiativePage.objects.public(today, moment)]
        return found

    june, july = datetime.date(2026, 6, 30), datetime.date(2026, 7, 1)
    assert shown(june, now) == [page.pk]
    assert shown(july, now) == []
    assert shown(june, now + datetime.timedelta(hours=2)) == []
    PageViewRestriction.objects.create(page=page.get_parent(), restriction_type="login")
    assert shown(june, now) == []


def test_a_question_that_holds_what_it_is_given_twice_is_refused(site_tree):
    def twice(keys):
        return InitiativePage.objects.filter(pk__in=keys, id__in=keys).values_list("pk")

    with pytest.raises(ValueError, match="twice: each key and each moment must be used once"):
        rows(twice, [1, 2])
