"""Facts that no revision keeps."""

import datetime

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone
from wagtail.models import PageLogEntry

from bdis_cms import services
from bdis_cms.models import InitiativePage
from tests.factories import InitiativePageFactory

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 3, 3)


@pytest.fixture
def user():
    return get_user_model().objects.create_user("moderateur")


@pytest.fixture
def page():
    return InitiativePageFactory(never_adhered=True, title="Recyclerie")


def last_entry(page) -> PageLogEntry:
    return PageLogEntry.objects.filter(page=page.pk).order_by("-pk").first()


def test_an_adhesion_makes_a_published_listing_public_and_is_logged(page, user):
    until = timezone.localdate() + datetime.timedelta(days=30)

    services.record_charter_validity(page, valid_until=until, user=user)

    assert InitiativePage.objects.public().filter(pk=page.pk).exists()
    assert page.charter_valid_until == until
    entry = last_entry(page)
    assert (entry.action, entry.user) == (services.LOG_CHARTER, user)
    assert entry.data == {"valid_until": until.isoformat(), "signed_on": None}


def test_an_adhesion_can_be_withdrawn(page, user):
    services.record_charter_validity(page, valid_until=services.grace_until(), user=user)
    services.record_charter_validity(page, valid_until=None, user=user)

    assert not InitiativePage.objects.public().filter(pk=page.pk).exists()


def test_a_suspension_hides_with_its_reason_and_a_reinstatement_lifts_it(user):
    page = InitiativePageFactory()

    services.suspend(page, reason=" Coordonnées fausses ", user=user)
    assert not InitiativePage.objects.public().filter(pk=page.pk).exists()
    assert services.suspension_reason(page) == "Coordonnées fausses"

    services.reinstate(page, user=user)
    assert InitiativePage.objects.public().filter(pk=page.pk).exists()
    assert services.suspension_reason(page) == ""
    assert last_entry(page).action == services.LOG_REINSTATE


def test_a_suspension_needs_a_reason_and_happens_once(page, user):
    with pytest.raises(ValueError, match="reason"):
        services.suspend(page, reason="  ", user=user)
    services.suspend(page, reason="Doublon", user=user)

    with pytest.raises(services.AlreadySuspended, match="already suspended"):
        services.suspend(page, reason="Encore", user=user)
    assert services.suspension_reason(page) == "Doublon"


def test_nothing_is_lifted_that_was_not_suspended(page, user):
    with pytest.raises(services.NotSuspended):
        services.reinstate(page, user=user)
    assert not PageLogEntry.objects.filter(action=services.LOG_REINSTATE).exists()


def test_a_confirmation_is_of_today_or_before(page, user):
    services.confirm(page, user=user)
    assert InitiativePage.objects.get(pk=page.pk).confirmed_on == timezone.localdate()

    with pytest.raises(services.ConfirmedInTheFuture):
        services.confirm(page, user=user, on=timezone.localdate() + datetime.timedelta(days=1))


def test_an_act_on_a_draft_leaves_its_other_fields_unwritten(page, user):
    page.title = "Titre jamais enregistré"

    services.confirm(page, user=user)

    assert InitiativePage.objects.get(pk=page.pk).title == "Recyclerie"


def test_an_act_is_told_to_whoever_follows_saves(page, user, django_capture_on_commit_callbacks):
    from django.db.models.signals import post_save

    told = []

    def follow(sender, instance, update_fields=None, **kwargs):
        told.append(set(update_fields or ()))

    post_save.connect(follow, sender=InitiativePage)
    try:
        services.record_charter_validity(page, valid_until=TODAY, user=user)
    finally:
        post_save.disconnect(follow, sender=InitiativePage)
    assert {"charter_valid_until", "charter_signed_on"} in told


def test_the_grace_period_is_a_setting(settings):
    assert services.grace_until(TODAY) == datetime.date(2027, 3, 3)
    settings.BDIS_CHARTER_GRACE_DAYS = 30
    assert services.grace_until(TODAY) == datetime.date(2026, 4, 2)


def test_an_old_draft_published_later_never_resurrects_facts(user):
    page = InitiativePageFactory(title="Avant")
    page.title = "Brouillon d’hier"
    old_draft = page.save_revision()
    row = InitiativePage.objects.get(pk=page.pk)
    services.record_charter_validity(row, valid_until=TODAY, user=user)
    services.suspend(row, reason="Contrôle", user=user)
    services.confirm(row, user=user, on=TODAY)

    old_draft.publish()

    now = InitiativePage.objects.get(pk=page.pk)
    assert now.title == "Brouillon d’hier"
    assert now.charter_valid_until == TODAY
    assert now.suspended_at is not None
    assert now.confirmed_on == TODAY


def test_a_copy_starts_without_the_facts_of_its_original(user):
    page = InitiativePageFactory(source="siae", external_id="12")
    services.suspend(page, reason="Contrôle", user=user)

    copy = page.copy(update_attrs={"slug": "copie"}, keep_live=False)

    assert copy.charter_valid_until is None
    assert copy.suspended_at is None
    assert (copy.source, copy.external_id) == ("", "")


def test_wagtails_own_search_finds_what_is_public():
    shown = InitiativePageFactory(title="Fanfare du canal")
    InitiativePageFactory(title="Fanfare muette", live=False)
    assert [page.pk for page in InitiativePage.objects.public().search("fanfare")] == [shown.pk]
