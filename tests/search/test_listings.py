"""Listings read as rows say what their pages say."""

import datetime

import pytest
from wagtail.models import PageViewRestriction

from bdis_cms.models import InitiativePage
from bdis_search.listings import load_listings
from bdis_search.outbox import rebuild_index
from bdis_search.query import Hit
from tests.factories import ActivityFactory, FamilyFactory, InitiativePageFactory


@pytest.fixture
def listing_page(site_tree, territories):
    families = [FamilyFactory(code=code, label_fr=code.title()) for code in ("tiers-lieu", "amap")]
    food = ActivityFactory(code="alimentation", label_fr="Alimentation")
    activities = [
        ActivityFactory(code=f"alimentation.{name}", label_fr=name, parent=food)
        for name in ("legumes", "pain", "miel")
    ]
    return InitiativePageFactory(
        title="L’Épi & les autres",
        summary="Des paniers.",
        commune=territories.lyon_3,
        families=families,
        main_activity=activities[2],
        activities=activities,
        tags=["bio", "à vélo"],
        confirmed_on=datetime.date(2026, 3, 1),
    )


def test_a_listing_says_what_its_page_says(listing_page, rf):
    request = rf.get("/", headers={"host": "localhost"})
    ((listing, _hit),) = load_listings([Hit(listing_page.pk)], request)
    page = InitiativePage.objects.with_card_relations().get(pk=listing_page.pk)

    assert listing.url == page.get_url(request) == page.url
    assert list(listing.families) == list(page.families.all())
    assert list(listing.activities) == page.all_activities
    assert listing.activities[0] == page.main_activity
    assert list(listing.tags) == [item.tag.name for item in page.tagged_items.all()]
    assert str(listing.seat) == str(page.commune) == "Lyon 3e Arrondissement (69)"
    assert listing.seat.region == page.commune.department.region.name
    assert listing.legal_family == (page.legal_family.code if page.legal_family else "")
    same = (
        *("title", "summary", "source", "external_id", "cover_id", "is_demo", "confirmed_on"),
        "last_published_at",
    )
    assert [getattr(listing, name) for name in same] == [getattr(page, name) for name in same]
    assert (listing.lat, listing.lon) == (page.latitude, page.longitude)


def test_a_listing_that_says_little_is_read_too(site_tree, rf):
    page = InitiativePageFactory(
        commune=None, families=[], activities=[], main_activity=None, legal_family=None
    )
    ((listing, _hit),) = load_listings([Hit(page.pk)], rf.get("/"))

    assert (str(listing.seat), listing.families, listing.activities, listing.tags) == (
        "", (), (), (),
    )  # fmt: skip


def test_hits_keep_their_order_and_hidden_ones_go(site_tree, territories, caplog):
    pages = [InitiativePageFactory(commune=territories.die) for _ in range(4)]
    pages[1].unpublish()
    InitiativePage.objects.filter(pk=pages[2].pk).update(suspended_at="2026-01-01T00:00Z")
    hits = [Hit(page.pk, distance_km=km) for km, page in enumerate(reversed(pages))]

    shown = load_listings([*hits, Hit(987654321)])

    assert [(listing.id, hit.distance_km) for listing, hit in shown] == [
        (pages[3].pk, 0),
        (pages[0].pk, 3),
    ]
    PageViewRestriction.objects.create(page=site_tree.aura, restriction_type="login")
    assert load_listings(hits) == []


@pytest.mark.parametrize("path", ["/recherche/", "/api/v1/initiatives"])
def test_a_page_of_results_is_read_in_five_queries(
    client,
    listing_page,
    territories,
    engine,
    path,
    remembering_for_a_minute,
    django_assert_num_queries,
):
    asked = f"{path}?family=amap&region=84&activity=alimentation&page_size="
    for number in range(30):
        InitiativePageFactory(
            title=f"Épi {number}",
            commune=territories.valence,
            families=[listing_page.families.first()],
            activities=[listing_page.main_activity],
            tags=[f"mot-{number}"],
        )
    rebuild_index()
    client.get(f"{asked}5")
    for size in (5, 30):
        # The outbox, rows, families, activities, tags.
        with django_assert_num_queries(5):
            client.get(f"{asked}{size}")


@pytest.mark.parametrize("path", ["/recherche/", "/api/v1/initiatives", "/carte/"])
def test_a_listing_hidden_a_moment_ago_does_not_show(
    client, listing_page, remembering_for_a_minute, engine, path
):
    """Whatever is remembered, and however late the index is."""
    rebuild_index()
    assert "Épi" in client.get(path).content.decode()
    InitiativePage.objects.filter(pk=listing_page.pk).update(live=False)
    assert "Épi" not in client.get(path).content.decode()
