"""Campaigns ask, reminders go once each, and the latest only when days were missed."""

from __future__ import annotations

import datetime
import smtplib

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from bdis_cms.models import InitiativeContact, Region
from bdis_cms.reminders import RemindersFailed, send_reminders
from bdis_evaluation.cycles.campaigns import plan_running, progress_by_region
from bdis_evaluation.cycles.reminders import (
    moment_of,
    reminders,
    send_evaluation_reminders,
)
from bdis_evaluation.models import EvaluationNotice, ProgressPlan, ReminderMoment
from tests.factories import InitiativeMemberFactory, InitiativePageFactory, UserFactory
from tests.factories.evaluations import (
    ClosedEvaluationFactory,
    EvaluationCampaignFactory,
    EvaluationFactory,
    GridVersionFactory,
)

pytestmark = pytest.mark.django_db
OPENS, DUE = datetime.date(2026, 3, 1), datetime.date(2026, 5, 30)


def at(day: datetime.date):
    return datetime.datetime.combine(day, datetime.time(9), tzinfo=datetime.UTC)


@pytest.fixture(autouse=True)
def _frozen():
    with time_machine.travel(at(datetime.date(2026, 2, 1)), tick=False):
        yield


@pytest.fixture
def version(db):
    return GridVersionFactory()


@pytest.fixture
def page(site_tree, territories):
    page = InitiativePageFactory(title="Le Fournil", commune=territories.die)
    InitiativeMemberFactory(initiative=page, user=UserFactory(email="a@exemple.fr"), owner=True)
    InitiativeMemberFactory(initiative=page, user=UserFactory(email="b@exemple.fr"))
    return page


@pytest.fixture
def campaign(version, territories):
    return EvaluationCampaignFactory(
        region=territories.aura,
        grid=version.grid,
        opens_on=OPENS,
        due_on=DUE,
        title="Printemps de la Drôme",
        words="Un atelier a lieu à Die\u202f: venez.",
    )


def run(day: datetime.date) -> int:
    with time_machine.travel(at(day), tick=False):
        return send_evaluation_reminders(timezone.now())


def days(number: int) -> datetime.date:
    return DUE + datetime.timedelta(days=number)


def moments():
    return list(EvaluationNotice.objects.order_by("pk").values_list("moment", flat=True))


def test_a_campaign_opens_on_its_day_and_each_reminder_goes_once(page, campaign):
    assert run(OPENS - datetime.timedelta(days=1)) == 0
    assert not ProgressPlan.objects.exists()
    day, sent = OPENS, []
    while day <= days(60):
        for _twice in range(2):
            sent += [day] * run(day)
        day += datetime.timedelta(days=1)
    assert sent == [OPENS, days(-30), days(-7), days(0), days(30)]
    assert moments() == ["opening", "month", "week", "due", "overdue"]
    assert page.progress_plan.next_due_on == DUE


def test_the_mail_of_the_opening_says_what_when_and_where(page, campaign):
    run(OPENS)
    (message,) = mail.outbox
    assert message.to == ["a@exemple.fr", "b@exemple.fr"]
    assert message.subject == "Printemps de la Drôme\u202f: c’est à vous"
    html = str(message.alternatives[0].content)
    for text in (message.body, html):
        assert "Le Fournil" in text
        assert "30 mai 2026" in text
        assert "Un atelier a lieu à Die" in text
        assert reverse("bdis_evaluation_space:index", args=[page.pk]) in text


def test_an_initiative_without_anybody_is_told_through_its_contact(campaign, territories, page):
    page.members.all().delete()
    page.contacts = [InitiativeContact(name="Ana", email="contact@exemple.fr")]
    page.save()
    assert run(OPENS) == 1
    assert mail.outbox[0].to == ["contact@exemple.fr"]


def test_the_daily_command_sends_them(page, campaign):
    with time_machine.travel(at(OPENS), tick=False):
        assert send_reminders().sent == 1
        assert send_reminders().sent == 0


def test_only_the_latest_moment_goes_when_days_were_missed(page, campaign):
    run(OPENS)
    assert run(days(-3)) == 1
    assert moments() == ["opening", "week"]
    assert run(days(45)) == 1
    assert moments() == ["opening", "week", "overdue"]
    assert "Il est encore temps" in mail.outbox[-1].body


def test_an_own_rhythm_is_recalled_without_an_opening(page):
    ProgressPlan.objects.create(initiative=page, next_due_on=DUE)
    assert run(days(-31)) == 0
    assert [run(days(number)) for number in (-30, -7, 0, 30)] == [1, 1, 1, 1]
    assert moments() == ["month", "week", "due", "overdue"]


def test_who_has_begun_is_led_to_the_evaluation_and_never_told_it_is_overdue(page, version):
    ProgressPlan.objects.create(initiative=page, next_due_on=DUE)
    evaluation = EvaluationFactory(initiative=page, version=version)
    run(days(0))
    assert f"/evaluation/{evaluation.pk}/" in mail.outbox[0].body
    assert run(days(30)) == 0


class _Refusing(EmailBackend):
    error: Exception = smtplib.SMTPRecipientsRefused({})

    def send_messages(self, messages):
        raise self.error


def test_a_refused_reminder_goes_with_the_next_run(page, campaign, settings):
    works = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = f"{__name__}._Refusing"
    with pytest.raises(RemindersFailed):
        run(OPENS)
    assert moments() == []
    settings.EMAIL_BACKEND = works
    assert run(OPENS + datetime.timedelta(days=1)) == 1
    assert moments() == ["opening"]


@pytest.mark.parametrize("fault", [smtplib.SMTPRecipientsRefused({}), UnicodeError("label")])
def test_a_refusal_does_not_keep_the_others_waiting(
    page, campaign, territories, monkeypatch, fault
):
    other = InitiativePageFactory(commune=territories.die)
    InitiativeMemberFactory(initiative=other, user=UserFactory(email="c@exemple.fr"))
    send = mail.EmailMultiAlternatives.send

    def picky(message, *args, **kwargs):
        if "a@exemple.fr" in message.to:
            raise fault
        return send(message, *args, **kwargs)

    monkeypatch.setattr(mail.EmailMultiAlternatives, "send", picky)
    with pytest.raises(RemindersFailed) as partly:
        run(OPENS)
    assert (partly.value.sent, partly.value.failed) == (1, 1)
    assert EvaluationNotice.objects.get().initiative_id == other.pk


@pytest.mark.parametrize("trait", ["draft", "lapsed", "suspended", "never_adhered"])
def test_a_listing_that_is_not_public_is_asked_nothing(campaign, site_tree, territories, trait):
    hidden = InitiativePageFactory(commune=territories.die, **{trait: True})
    InitiativeMemberFactory(initiative=hidden)
    ProgressPlan.objects.create(initiative=hidden, next_due_on=DUE)
    assert run(DUE) == 0


def test_another_region_and_who_is_up_to_date_are_left_in_peace(
    page, campaign, version, territories
):
    elsewhere = InitiativePageFactory(commune=territories.avignon)
    recent = InitiativePageFactory(commune=territories.die)
    long_ago = InitiativePageFactory(commune=territories.die)
    of_another_grid = InitiativePageFactory(commune=territories.die)
    for one, grid_version, year in (
        (recent, version, 2025),
        (long_ago, version, 2024),
        (of_another_grid, GridVersionFactory(), 2025),
    ):
        ClosedEvaluationFactory(
            initiative=one, version=grid_version, started_at=at(datetime.date(year, 6, 1))
        )
    plan_running(OPENS)
    asked = set(ProgressPlan.objects.values_list("initiative", flat=True))
    assert asked == {page.pk, long_ago.pk, of_another_grid.pk}
    assert elsewhere.pk not in asked
    assert plan_running(OPENS) == 0


def test_a_listing_that_becomes_public_during_a_campaign_is_asked_too(page, campaign, territories):
    run(OPENS)
    late = InitiativePageFactory(commune=territories.lyon)
    InitiativeMemberFactory(initiative=late)
    assert run(OPENS + datetime.timedelta(days=5)) == 1
    assert late.progress_plan.next_due_on == DUE


def test_of_two_campaigns_the_first_to_end_holds(page, campaign, version):
    sooner = DUE - datetime.timedelta(days=20)
    EvaluationCampaignFactory(grid=version.grid, opens_on=OPENS, due_on=sooner)
    plan_running(OPENS)
    assert page.progress_plan.next_due_on == sooner
    assert plan_running(OPENS) == 0


def test_who_finished_during_the_campaign_keeps_the_next_day(page, campaign, version):
    run(OPENS)
    ClosedEvaluationFactory(initiative=page, version=version, started_at=at(days(-60)))
    ProgressPlan.objects.filter(initiative=page).update(next_due_on=datetime.date(2028, 3, 31))
    assert run(days(-30)) == 0
    page.progress_plan.refresh_from_db()
    assert page.progress_plan.next_due_on == datetime.date(2028, 3, 31)


def test_a_short_campaign_has_no_reminder_before_its_opening():
    opens = days(-20)
    assert moment_of(DUE, opens, opens) == ReminderMoment.OPENING
    assert moment_of(DUE, opens, days(-8)) == ReminderMoment.OPENING
    assert moment_of(DUE, opens, days(-7)) == ReminderMoment.WEEK
    assert moment_of(DUE, days(-7), days(-7)) == ReminderMoment.OPENING
    assert moment_of(DUE, None, days(-31)) is None


def test_the_queries_do_not_grow_with_the_initiatives(page, campaign, territories, version):
    plan_running(OPENS)

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            list(reminders(OPENS))
            progress_by_region(campaign, Region.objects.all())
        return len(captured)

    few = queries()
    for _number in range(5):
        one = InitiativePageFactory(commune=territories.die)
        InitiativeMemberFactory(initiative=one)
        EvaluationFactory(initiative=one, version=version)
    plan_running(OPENS)
    assert queries() == few


def test_progress_counts_each_step_by_region(page, version, territories):
    campaign = EvaluationCampaignFactory(grid=version.grid, opens_on=OPENS, due_on=DUE)
    begun, done = (InitiativePageFactory(commune=territories.die) for _one in range(2))
    EvaluationFactory(initiative=begun, version=version)
    ClosedEvaluationFactory(initiative=done, version=version, started_at=at(OPENS))
    InitiativePageFactory(commune=territories.avignon)
    total, lines = progress_by_region(campaign, Region.objects.all())
    assert (total.not_begun, total.begun, total.finished, total.asked) == (2, 1, 1, 4)
    assert [(line.region.code, line.asked) for line in lines] == [("84", 3), ("93", 1)]
    total, lines = progress_by_region(campaign, Region.objects.filter(code="93"))
    assert (total.asked, len(lines)) == (1, 1)
