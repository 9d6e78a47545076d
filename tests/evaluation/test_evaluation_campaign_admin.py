"""Campaigns in the admin: moderators in their region only, the national team anywhere."""

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
from bdis_evaluation.models import EvaluationCampaign, RegionRhythm
from tests.cms.admin_client import logged_in, member
from tests.factories import InitiativePageFactory
from tests.factories.evaluations import (
    ClosedEvaluationFactory,
    EvaluationCampaignFactory,
    EvaluationFactory,
    GridVersionFactory,
)

pytestmark = pytest.mark.django_db
ADD, INDEX = "bdis_evaluation_campaigns:add", "bdis_evaluation_campaigns:index"


@pytest.fixture
def country(territories):
    ensure_site_tree()
    return territories


@pytest.fixture
def version(db):
    return GridVersionFactory()


@pytest.fixture
def aura(country):
    return logged_in(member("moderation", moderators_group_name(country.aura)))


@pytest.fixture
def national(country):
    return logged_in(member("nationale", NATIONAL_GROUP))


def tomorrow(days=1):
    return timezone.localdate() + datetime.timedelta(days=days)


def fields(version, region=None, **changes):
    return {
        "title": "Faisons le point",
        "region": region.pk if region else "",
        "grid": version.grid_id,
        "opens_on": tomorrow().isoformat(),
        "due_on": tomorrow(90).isoformat(),
        "words": "",
    } | changes


def screen(campaign):
    return reverse("bdis_evaluation_admin:campaign", args=[campaign.pk])


def test_a_moderator_asks_her_region_and_sees_what_it_entails(aura, country, version):
    InitiativePageFactory(commune=country.die)
    ClosedEvaluationFactory(initiative=InitiativePageFactory(commune=country.die), version=version)
    InitiativePageFactory(commune=country.avignon)
    answer = aura.post(reverse(ADD), fields(version, country.aura), follow=True)
    campaign = EvaluationCampaign.objects.get()
    assert (campaign.region, campaign.created_by.username) == (country.aura, "moderation")
    assert answer.redirect_chain[-1][0] == screen(campaign)
    assert "elle inviterait 1 initiative" in " ".join(answer.content.decode().split())


def test_another_region_and_the_country_are_refused_to_her(aura, country, version):
    for region in (country.paca, None):
        assert aura.post(reverse(ADD), fields(version, region)).status_code == 200
    assert not EvaluationCampaign.objects.exists()


def test_the_national_team_asks_any_region_and_the_country(national, country, version):
    for region in (country.paca, None):
        assert national.post(reverse(ADD), fields(version, region)).status_code == 302
    assert EvaluationCampaign.objects.count() == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"opens_on": tomorrow(-1).isoformat()},
        {"due_on": tomorrow().isoformat()},
        {"grid": "0"},
    ],
)
def test_days_are_in_order_and_ahead(national, country, version, changes):
    assert national.post(reverse(ADD), fields(version, **changes)).status_code == 200
    assert not EvaluationCampaign.objects.exists()


def test_editors_and_strangers_have_no_campaign(country, version):
    campaign = EvaluationCampaignFactory(region=country.aura, grid=version.grid)
    for client in (
        logged_in(member("redaction", editors_group_name(country.aura))),
        logged_in(member("personne")),
    ):
        for url in (reverse(INDEX), reverse(ADD), screen(campaign)):
            assert client.get(url).status_code in (302, 403)
        client.post(reverse(ADD), fields(version, country.aura))
    assert EvaluationCampaign.objects.count() == 1


def test_the_campaign_of_another_region_does_not_exist(aura, country, version):
    campaign = EvaluationCampaignFactory(
        region=country.paca, grid=version.grid, opens_on=tomorrow(), title="Au sud"
    )
    edit = reverse("bdis_evaluation_campaigns:edit", args=[campaign.pk])
    delete = reverse("bdis_evaluation_campaigns:delete", args=[campaign.pk])
    assert "Au sud" not in aura.get(reverse(INDEX)).content.decode()
    assert aura.get(screen(campaign)).status_code == 404
    assert aura.post(edit, fields(version, country.paca, title="Pris")).status_code == 404
    assert aura.post(delete).status_code == 404
    campaign.refresh_from_db()
    assert campaign.title == "Au sud"


def test_a_campaign_is_not_rewritten_once_open(national, aura, country, version):
    campaign = EvaluationCampaignFactory(region=country.aura, grid=version.grid, title="Ouverte")
    edit = reverse("bdis_evaluation_campaigns:edit", args=[campaign.pk])
    for client in (national, aura):
        client.post(edit, fields(version, country.aura, title="Autre"))
        client.post(reverse("bdis_evaluation_campaigns:delete", args=[campaign.pk]))
    campaign.refresh_from_db()
    assert campaign.title == "Ouverte"


def test_progress_leads_to_the_initiatives_of_ones_own_region(aura, national, country, version):
    campaign = EvaluationCampaignFactory(grid=version.grid)
    begun = InitiativePageFactory(commune=country.die, title="Commencée")
    EvaluationFactory(initiative=begun, version=version)
    InitiativePageFactory(commune=country.die, title="Pas encore là")
    InitiativePageFactory(commune=country.avignon, title="Du sud")
    url = screen(campaign)
    seen = aura.get(url)
    assert [line.region.code for line in seen.context["lines"]] == ["84"]
    assert "Du sud" not in seen.content.decode()
    assert "Du sud" not in aura.get(url, {"region": "93"}).content.decode()
    rows = aura.get(url, {"step": "begun"}).context["rows"].object_list
    assert [row["page"].title for row in rows] == ["Commencée"]
    assert "Du sud" in national.get(url, {"region": "93"}).content.decode()


def test_progress_is_paged_with_a_constant_number_of_queries(national, country, version):
    campaign = EvaluationCampaignFactory(grid=version.grid)
    url = screen(campaign)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert national.get(url).status_code == 200
        return len(captured)

    InitiativePageFactory(commune=country.die)
    queries()
    few = queries()
    InitiativePageFactory.create_batch(55, commune=country.die)
    assert queries() <= few + 1  # the second page is counted
    assert len(national.get(url).context["rows"].object_list) == 50


def test_a_moderator_sets_the_rhythm_of_her_region_only(aura, country):
    add = reverse("bdis_region_rhythms:add")
    assert aura.post(add, {"region": country.paca.pk, "months": "12"}).status_code == 200
    assert aura.post(add, {"region": country.aura.pk, "months": "11"}).status_code == 200
    assert not RegionRhythm.objects.exists()
    assert aura.post(add, {"region": country.aura.pk, "months": "18"}).status_code == 302
    other = RegionRhythm.objects.create(region=country.paca, months=30)
    edit = reverse("bdis_region_rhythms:edit", args=[other.pk])
    assert aura.post(edit, {"region": country.paca.pk, "months": "12"}).status_code == 404
    text = aura.get(reverse("bdis_region_rhythms:index")).content.decode()
    assert country.aura.name in text
    assert country.paca.name not in text
