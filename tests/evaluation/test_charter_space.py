"""The charter in the space of an initiative, and in the admin."""

from __future__ import annotations

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from bdis_cms.sitetree import (
    NATIONAL_GROUP,
    editors_group_name,
    ensure_site_tree,
    moderators_group_name,
)
from bdis_evaluation.charter import space
from bdis_evaluation.charter.campaigns import put_in_force
from bdis_evaluation.charter.ledger import SignatoryMissing
from bdis_evaluation.models import CharterAdhesion, CharterVersion, SigningWay
from tests.cms.admin_client import logged_in, member
from tests.factories import InitiativeMemberFactory, InitiativePageFactory, UserFactory
from tests.factories.charter import CharterVersionFactory, signed


@pytest.fixture
def page(site_tree, territories):
    ensure_site_tree()
    return InitiativePageFactory(title="Le Fournil", commune=territories.die, never_adhered=True)


@pytest.fixture
def version(db):
    return CharterVersionFactory(number=1, in_force=True)


@pytest.fixture
def owner(page):
    return logged_in(InitiativeMemberFactory(initiative=page, owner=True).user)


def form(version, **changes):
    return {
        "name": "Nadia Roux",
        "capacity": "gérante",
        "agree": "on",
        "text_hash": version.text_in("fr").text_hash,
    } | changes


def address(page, name="charter"):
    return reverse(f"bdis_charter_space:{name}", args=[page.pk])


def test_an_owner_reads_signs_and_gets_a_certificate(page, version, owner):
    shown = owner.get(address(page)).content.decode()
    assert "Une personne, une voix." in shown
    owner.post(address(page), form(version))

    adhesion = CharterAdhesion.objects.get()
    assert adhesion.way == SigningWay.ONLINE
    assert "Le Fournil" in adhesion.statement
    html = owner.get(address(page)).content.decode()
    assert reverse("bdis_charter:certificate_pdf", args=[adhesion.uuid]) in html
    assert owner.get(reverse("bdis_space:home", args=[page.pk])).status_code == 200


@pytest.mark.parametrize("lacking", ["name", "capacity", "agree"])
def test_a_form_that_lacks_something_signs_nothing(page, version, owner, lacking):
    sent = form(version)
    del sent[lacking]
    response = owner.post(address(page), sent)
    assert lacking in response.context["form"].errors
    assert not CharterAdhesion.objects.exists()


def test_a_text_superseded_meanwhile_is_shown_again_rather_than_signed(page, version, owner):
    old = form(version)
    CharterVersionFactory(number=2, in_force=True)
    response = owner.post(address(page), old, follow=True)
    assert "changé" in response.content.decode()
    assert not CharterAdhesion.objects.exists()


def test_a_contributor_is_told_who_signs(page, version, owner):
    contributor = logged_in(InitiativeMemberFactory(initiative=page).user)
    html = contributor.get(address(page)).content.decode()
    assert page.members.get(role="owner").user.get_full_name() in html
    assert 'name="agree"' not in html
    assert contributor.post(address(page), form(version)).status_code == 403
    assert not CharterAdhesion.objects.exists()


def test_strangers_find_nothing(page, version):
    assert logged_in(UserFactory()).get(address(page)).status_code == 404
    assert logged_in(UserFactory()).post(address(page, "withdraw")).status_code == 404


def test_an_owner_withdraws_told_what_it_entails(page, version, owner):
    signed(page)
    assert owner.get(address(page, "withdraw")).status_code == 200
    owner.post(
        address(page, "withdraw"), {"name": "N. Roux", "capacity": "gérante", "reason": "Fin"}
    )
    page.refresh_from_db()
    assert not page.is_public
    assert "Fin" in owner.get(address(page)).content.decode()


def test_a_double_click_withdraws_once(page, version, owner, monkeypatch):
    adhesion = signed(page)
    sent = {"name": "N. Roux", "capacity": "gérante", "reason": ""}
    # The second request read where the page is before the first one was over.
    shown = space.about(page)
    monkeypatch.setattr(space, "about", lambda page: shown | {"standing": adhesion})
    for _twice in range(2):
        assert owner.post(address(page, "withdraw"), sent).status_code == 302
    assert CharterAdhesion.objects.count() == 2


@pytest.mark.parametrize(
    "hidden", ["\u200b", "\u202e\u2066", "\x07\x1b", "\u3164", "\ufeff \u00ad", "123"]
)
@pytest.mark.parametrize("field", ["name", "capacity"])
def test_nobody_signs_by_a_name_that_is_not_seen(page, version, owner, field, hidden):
    response = owner.post(address(page), form(version, **{field: hidden}))
    assert field in response.context["form"].errors
    assert not CharterAdhesion.objects.exists()
    with pytest.raises(SignatoryMissing):
        signed(page, **{field: hidden})


def test_what_is_not_seen_of_a_name_is_not_kept(page, version, owner):
    owner.post(address(page), form(version, name="Nadia\u200b \u202eRoux\u202c"))
    assert CharterAdhesion.objects.get().signatory.name == "Nadia Roux"


@pytest.fixture
def team(page, territories):
    return {
        "moderator": logged_in(member("mod", moderators_group_name(territories.aura))),
        "editor": logged_in(member("red", editors_group_name(territories.aura))),
        "elsewhere": logged_in(member("autre", moderators_group_name(territories.paca))),
        "national": logged_in(member("nat", NATIONAL_GROUP)),
    }


def test_a_paper_is_not_older_than_the_version_that_it_signs(page, version, team):
    url = reverse("bdis_charter_admin:sign", args=[page.pk])
    today = timezone.localdate()
    sent = {"name": "N. Roux", "capacity": "gérante", "seen": "on"}
    day = today - datetime.timedelta(days=1)
    refused = team["moderator"].post(url, sent | {"signed_on": f"{day:%d/%m/%Y}"})
    assert "signed_on" in refused.context["form"].errors
    assert not CharterAdhesion.objects.exists()
    team["moderator"].post(url, sent | {"signed_on": f"{today:%d/%m/%Y}"})
    assert CharterAdhesion.objects.get().signed_on == today


def test_a_signature_on_paper_is_recorded_by_moderators_of_the_region(page, team):
    since = datetime.datetime(2024, 3, 3, 12, tzinfo=datetime.UTC)
    CharterVersionFactory(number=1).enter_into_force(user=None, at=since)
    url = reverse("bdis_charter_admin:sign", args=[page.pk])
    sent = {"name": "N. Roux", "capacity": "gérante", "signed_on": "03/03/2024", "seen": "on"}
    for other in ("editor", "elsewhere"):
        team[other].post(url, sent)
    assert not CharterAdhesion.objects.exists()
    team["moderator"].post(url, sent | {"signed_on": "03/03/2999"})
    assert not CharterAdhesion.objects.exists()

    team["moderator"].post(url, sent)
    adhesion = CharterAdhesion.objects.get()
    assert (adhesion.way, adhesion.recorded_by.username) == (SigningWay.PAPER, "mod")
    assert adhesion.signed_on.isoformat() == "2024-03-03"
    withdrawal = reverse("bdis_charter_admin:withdraw", args=[page.pk])
    team["elsewhere"].post(withdrawal, {"name": "x", "capacity": "y"})
    assert CharterAdhesion.objects.count() == 1
    team["moderator"].post(withdrawal, {"name": "N. Roux", "capacity": "gérante", "reason": ""})
    page.refresh_from_db()
    assert not page.is_public


def test_the_ledger_shows_each_region_its_own_and_exports_no_name(page, version, team):
    signed(page, name="Nadia Roux")
    url = reverse("bdis_charter_admin:ledger")
    for who, sees in (("moderator", True), ("national", True), ("elsewhere", False)):
        assert ("Nadia" in team[who].get(url).content.decode()) is sees
        exported = team[who].get(url, {"export": "csv"}).content.decode()
        assert ("Le Fournil" in exported) is sees
        assert "Nadia" not in exported
    page.delete()
    assert "Le Fournil" in team["moderator"].get(url).content.decode()
    assert "Le Fournil" not in team["elsewhere"].get(url).content.decode()


def test_the_ledger_takes_as_many_queries_for_one_line_as_for_many(
    page, version, team, territories, django_assert_num_queries
):
    url = reverse("bdis_charter_admin:ledger")
    signed(page)
    team["moderator"].get(url)
    with CaptureQueriesContext(connection) as one:
        team["moderator"].get(url)
    queries = len(one)
    for _n in range(6):
        signed(InitiativePageFactory(commune=territories.die))
    with django_assert_num_queries(queries):
        team["moderator"].get(url)


def test_screens_of_the_ledger_take_whatever_is_in_an_address(page, version, team):
    signed(page)
    put_in_force(CharterVersionFactory(number=2), user=None)
    ledger = reverse("bdis_charter_admin:ledger")
    campaigns = reverse("bdis_charter_admin:campaigns")
    for url, asked in (
        (ledger, {"q": "\x00"}),
        (ledger, {"region": "\x00", "export": "csv"}),
        (campaigns, {"state": "waiting", "region": "\x00"}),
        (campaigns, {"version": "9" * 5000}),
        (campaigns, {"version": "9" * 19}),
    ):
        assert team["national"].get(url, asked).status_code == 200
    for false in ("x", "", "\x00"):
        assert team["national"].post(ledger, {"erase": false}).status_code == 404


def test_only_the_national_team_erases_a_signatory(page, version, team):
    adhesion = signed(page)
    url = reverse("bdis_charter_admin:ledger")
    team["moderator"].post(url, {"erase": adhesion.uuid})
    assert not CharterAdhesion.objects.get().signatory.is_erased
    team["national"].post(url, {"erase": adhesion.uuid})
    assert CharterAdhesion.objects.get().signatory.is_erased


def test_the_national_team_writes_a_version_and_puts_it_in_force(page, version, team):
    national = team["national"]
    assert national.get(reverse("bdis_charter_versions:index")).status_code == 200
    national.post(reverse("bdis_charter_admin:new_version"))
    draft = CharterVersion.objects.get(number=2)
    edit = reverse("bdis_charter_versions:edit", args=[draft.pk])
    assert national.get(edit).status_code == 200
    url = reverse("bdis_charter_admin:enter_into_force", args=[draft.pk])
    assert national.get(url).status_code == 200
    team["moderator"].post(url)
    draft.refresh_from_db()
    assert draft.is_draft
    national.post(url)
    draft.refresh_from_db()
    assert draft.is_in_force


def test_no_address_of_the_admin_changes_a_version_in_force(page, version, team):
    signed(page)
    before = list(CharterVersion.objects.values()), list(version.texts.values())
    lines = list(CharterAdhesion.objects.values())
    for name in ("edit", "delete"):
        url = reverse(f"bdis_charter_versions:{name}", args=[version.pk])
        assert team["national"].get(url).status_code == 302
        team["national"].post(url, {"number": 9, "texts-TOTAL_FORMS": 0, "texts-INITIAL_FORMS": 0})
    assert (list(CharterVersion.objects.values()), list(version.texts.values())) == before
    assert list(CharterAdhesion.objects.values()) == lines


@pytest.mark.parametrize("name", ["index", "add"])
def test_versions_are_the_national_teams(page, team, name):
    url = reverse(f"bdis_charter_versions:{name}")
    assert team["moderator"].get(url).status_code == 302
