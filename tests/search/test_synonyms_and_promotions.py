"""What the network edits of its search acts at once, without a rebuild."""

from __future__ import annotations

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from bdis_cms.models import InitiativePage
from bdis_cms.sitetree import NATIONAL_GROUP, ensure_site_tree, moderators_group_name
from bdis_search.engine import get_engine
from bdis_search.models import PromotedListing, Promotion, SynonymGroup
from bdis_search.outbox import rebuild_index
from bdis_search.promotions import promoted_for
from bdis_search.query import Query
from tests.cms.admin_client import logged_in, member
from tests.factories import InitiativePageFactory

pytestmark = pytest.mark.django_db
Kind = SynonymGroup.Kind


@pytest.fixture
def listings(site_tree, territories, engine):
    """Three listings, by name."""
    found = {
        name: InitiativePageFactory(title=name, commune=territories.die)
        for name in ("Boutique sans argent", "Gratiferia du Diois", "Atelier vélo")
    }
    rebuild_index()
    return found


def titles(text: str) -> list[str]:
    hits = get_engine().search(Query(text=text)).hits
    return [InitiativePage.objects.get(pk=hit.id).title for hit in hits]


def promote(words: str, *pages, **fields) -> Promotion:
    promotion = Promotion.objects.create(words=words, **fields)
    for order, page in enumerate(pages):
        PromotedListing.objects.create(promotion=promotion, page=page, sort_order=order)
    return promotion


def test_synonyms_act_at_once_and_both_ways(listings):
    assert titles("gratiferia") == ["Gratiferia du Diois"]
    group = SynonymGroup.objects.create(terms="Gratiferia\nboutiques sans argent")
    assert set(titles("gratiféria")) == {"Gratiferia du Diois", "Boutique sans argent"}
    assert set(titles("boutique sans argent")) == {"Gratiferia du Diois", "Boutique sans argent"}
    group.active = False
    group.save()
    assert titles("gratiferia") == ["Gratiferia du Diois"]


def test_some_synonyms_go_one_way_only(listings):
    SynonymGroup.objects.create(terms="gratiferia\nboutique sans argent", kind=Kind.ALSO)
    assert len(titles("gratiferia")) == 2
    assert titles("boutique sans argent") == ["Boutique sans argent"]


def test_shipped_synonyms_can_be_set_apart(listings, territories):
    InitiativePageFactory(title="Système d’échange local du Diois", commune=territories.die)
    rebuild_index()
    assert titles("SEL") == ["Système d’échange local du Diois"]
    SynonymGroup.objects.create(terms="SEL\nsystème d’échange local", kind=Kind.APART)
    assert titles("SEL") == []


@pytest.mark.parametrize(
    ("terms", "told"),
    [
        ("seul", "deux expressions"),
        ("vélo\nVélos", "se confondent"),
        ("vélo\n!!!", "aucun mot"),
        ("vélo\n" + "x" * 101, "trop long"),
        ("\n".join(f"mot{number}" for number in range(21)), "20 lignes"),
    ],
)
def test_synonyms_without_effect_are_refused_with_the_reason(terms, told):
    with pytest.raises(ValidationError, match=told):
        SynonymGroup(terms=terms).full_clean()


def test_promoted_listings_come_first_in_their_order(listings):
    bike, gift = listings["Atelier vélo"], listings["Gratiferia du Diois"]
    promote("Boutiques sans argent", bike, gift)

    def search(text, **more):
        return get_engine().search(Query(text=text, promoted=promoted_for(text), **more))

    hits = search("boutique sans argent").hits
    assert [hit.id for hit in hits] == [bike.pk, gift.pk, listings["Boutique sans argent"].pk]
    assert search("boutique").total == 1
    elsewhere = {"region": frozenset(["93"])}
    assert search("boutique sans argent", filters=elsewhere).total == 0


def test_promotions_have_dates_and_can_be_put_to_rest(listings):
    today = timezone.localdate()
    day = datetime.timedelta(days=1)
    page = listings["Atelier vélo"]
    promote("hier", page, ends_on=today - day)
    promote("demain", page, starts_on=today + day)
    promote("repos", page, active=False)
    promote("aujourd’hui", page, starts_on=today, ends_on=today)
    found = [promoted_for(text) for text in ("hier", "demain", "repos", "Aujourd'hui", "", "!")]
    assert found == [(), (), (), (page.pk,), (), ()]


def test_the_page_says_what_is_promoted_and_hides_what_is_not_public(listings, client):
    page = listings["Atelier vélo"]
    promote("boutique", page)

    def shown():
        return client.get(reverse("bdis_search:search"), {"q": "boutique"}).content.decode()

    assert shown().count("Mis en avant") == 1
    assert shown().index("Atelier vélo") < shown().index("sans argent</a>")
    by_name = client.get(reverse("bdis_search:search"), {"q": "boutique", "sort": "name"})
    assert "Mis en avant" not in by_name.content.decode()
    InitiativePage.objects.filter(pk=page.pk).update(live=False)
    assert "Atelier vélo" not in shown()


def test_what_is_promoted_costs_no_query_once_known(
    listings, remembering_for_a_minute, django_assert_num_queries
):
    promote("boutique", listings["Atelier vélo"])
    promoted_for("boutique")
    with django_assert_num_queries(0):
        assert promoted_for("Boutiques") == (listings["Atelier vélo"].pk,)


@pytest.fixture
def national(territories):
    ensure_site_tree()
    return logged_in(member("nationale", NATIONAL_GROUP))


def test_the_national_team_edits_them_by_clicking(listings, national):
    answer = national.post(
        reverse("synonymgroup:add"),
        {"terms": "gratiferia\r\n\r\nboutique sans argent", "kind": "equivalent", "active": "on"},
    )
    assert answer.status_code == 302
    assert len(titles("gratiferia")) == 2
    form = {"words": "Boutique", "active": "on"}
    form |= {f"listings-{name}_FORMS": 0 for name in ("INITIAL", "MIN_NUM")}
    form |= {"listings-TOTAL_FORMS": 1, "listings-MAX_NUM_FORMS": 1000}
    form |= {"listings-0-page": listings["Atelier vélo"].pk, "listings-0-ORDER": 1}
    assert national.post(reverse("promotion:add"), form).status_code == 302
    assert promoted_for("boutique") == (listings["Atelier vélo"].pk,)
    for name in ("synonymgroup:index", "promotion:index", "synonymgroup:add", "promotion:add"):
        assert national.get(reverse(name)).status_code == 200


def test_regional_teams_do_not(territories, national, engine):
    regional = logged_in(member("moderatrice", moderators_group_name(territories.aura)))
    for name in ("synonymgroup:index", "promotion:add", "bdis_search_admin:try"):
        assert regional.get(reverse(name)).status_code == 302
    assert "bdis/search" not in regional.get(reverse("wagtailadmin_home")).content.decode()


def test_a_search_can_be_tried(listings, national):
    SynonymGroup.objects.create(terms="gratiferia\nboutique sans argent")
    promote("gratiferia", listings["Atelier vélo"])
    url = reverse("bdis_search_admin:try")
    html = national.get(url, {"q": "gratiferia"}).content.decode()
    assert "boutiq" in html
    assert "3 fiches trouvées" in html
    assert "Atelier vélo" in html
    assert national.get(url, {"q": "<script>\x00"}).status_code == 200
    assert "<script>\x00" not in national.get(url, {"q": "<script>"}).content.decode()


def test_a_promotion_does_not_name_a_place(whole_country):
    with pytest.raises(ValidationError, match="nomme un lieu"):
        Promotion(words="épicerie à Die").full_clean()
    Promotion(words="épicerie\nAMAP").full_clean()


@pytest.mark.parametrize(
    ("starts", "ends", "active", "state"),
    [
        (None, None, True, "en cours"),
        (None, 0, True, "en cours"),
        (1, None, True, "à venir"),
        (-9, -1, True, "terminée"),
        (None, None, False, "au repos"),
    ],
)
def test_a_promotion_says_what_it_does_today(starts, ends, active, state):
    today = timezone.localdate()
    days = [n if n is None else today + datetime.timedelta(days=n) for n in (starts, ends)]
    assert Promotion(words="x", starts_on=days[0], ends_on=days[1], active=active).state == state
