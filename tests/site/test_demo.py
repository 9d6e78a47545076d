"""The demonstration reads true, knows its codes, and loses nothing when it is run again."""

import csv
import gzip
import re
from collections import Counter
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from PIL import Image

from bdis_cms.demo import listings as demo_loading
from bdis_cms.demo.accounts import EDITORS, OTHERS, PASSWORD, PublicPasswordRefused, ensure_accounts
from bdis_cms.demo.content import body_blocks, demo_listings, demo_site
from bdis_cms.demo.covers import BY_FAMILY, BY_HUE, SCENES, draw_cover, suiting_scenes
from bdis_cms.demo.pages import load_pages
from bdis_cms.models import (
    Commune,
    Department,
    Epci,
    HomePage,
    InitiativePage,
    Region,
    RegionPage,
)
from bdis_cms.nomenclature import activity_rows, load_nomenclature, shipped_rows
from bdis_cms.sitetree import ensure_site_tree

ROOT = Path(__file__).resolve().parents[2]
FICTIONAL_PHONE = re.compile(r"^(01 99 00|02 61 91|03 53 01|04 65 71|05 36 49|06 39 98) \d\d \d\d$")
NARROW = "\u202f"


def paragraphs(listing):
    return [part for part in listing.text if isinstance(part, str)]


def written(listing):
    """Every text of a listing that the public reads."""
    items = [item for part in listing.text if not isinstance(part, str) for item in part]
    return [listing.title, listing.summary, listing.hours, *paragraphs(listing), *items]


@pytest.fixture(scope="module")
def communes():
    with gzip.open(ROOT / "bdis_cms/data/territories/communes.csv.gz", "rt") as handle:
        return {row["code"]: row for row in csv.DictReader(handle)}


def test_there_are_more_than_three_hundred_listings_each_with_its_own_id():
    ids = [listing.id for listing in demo_listings()]
    assert len(ids) >= 320
    assert len(set(ids)) == len(ids)


def test_no_summary_and_no_paragraph_is_used_twice():
    texts = Counter(
        text for listing in demo_listings() for text in (listing.summary, *paragraphs(listing))
    )
    assert [text for text, times in texts.items() if times > 1] == []


def test_every_family_is_shown():
    shown = {code for listing in demo_listings() for code in listing.families}
    assert shown == {row["code"] for row in shipped_rows("families")}


def test_codes_are_those_of_the_nomenclatures(communes):
    activities = {row["code"] for row, _ in activity_rows()}
    statuses = {row["code"] for row in shipped_rows("legal_statuses")}
    agreements = {row["code"] for row in shipped_rows("agreements")}
    for listing in demo_listings():
        assert set(listing.activities) <= activities, listing.id
        assert listing.activities or listing.state == "draft", listing.id
        assert listing.status in statuses, listing.id
        assert set(listing.agreements) <= agreements, listing.id
        assert listing.serves in {"commune", "epci", "department", "region"}, listing.id
        assert listing.commune in communes, listing.id
        assert not listing.scene or listing.scene in SCENES, listing.id
        assert len(listing.summary) <= 300, listing.id


def test_three_regions_stand_out_and_the_overseas_are_there(communes):
    regions = Counter(communes[listing.commune]["departement"][:2] for listing in demo_listings())
    assert regions["97"] >= 5
    files = Counter(listing.id[:3] for listing in demo_listings())
    assert min(files["pro"], files["ara"], files["bre"]) >= 70
    assert files["fra"] >= 40


def test_nobody_real_can_be_reached():
    for listing in demo_listings():
        assert FICTIONAL_PHONE.match(listing.general["phone"]), listing.id
        for address in (listing.general["email"], listing.contact["email"]):
            assert address.endswith(".example.org"), listing.id
        for link in (listing.website, listing.mastodon):
            assert not link or re.match(r"https://[\w.-]+\.example\.org/", link), listing.id


def test_texts_follow_french_typography():
    for listing in demo_listings():
        for text in written(listing):
            assert "'" not in text, text
            assert not re.search(r"[^\u202f\s:][:;!?]|« | »", text.replace("://", "")), text
            assert not re.search(r"\b(de|à) (Le|Les) [A-ZÉ]", text), text
            assert not re.search(r"\{|\}", text), text


def test_some_listings_are_drafts_old_suspended_lapsed_or_under_review():
    states = Counter(listing.state for listing in demo_listings())
    assert states["suspended"] == states["lapsed"] == 1
    assert min(states["draft"], states["stale"], states["pending"]) >= 5
    assert states["public"] > 300


def test_bodies_of_pages_use_known_blocks():
    site = demo_site()
    articles = [a for s in site["sections"] for a in s["articles"]]
    assert len(articles) >= 9
    for article in articles:
        assert body_blocks(article["body"])
    with pytest.raises(ValueError, match="not a block"):
        body_blocks([{"video": "x"}])


@pytest.mark.parametrize("scene", SCENES)
def test_a_cover_is_light_flat_and_always_the_same(scene):
    data = draw_cover(scene, 1 + len(scene) % 8, "seed")
    picture = Image.open(BytesIO(data))
    assert picture.size == (1200, 675)
    assert len(data) < 100_000
    assert data == draw_cover(scene, 1 + len(scene) % 8, "seed")


def test_every_family_has_scenes():
    for row in shipped_rows("families"):
        assert set(suiting_scenes(row["code"], row["hue"])) <= set(SCENES)
    assert set(BY_FAMILY) <= {row["code"] for row in shipped_rows("families")}
    assert sorted(BY_HUE) == list(range(1, 9))


@pytest.fixture
def sample(monkeypatch):
    """A few listings of the demonstration: enough for each state and each file."""
    chosen = {}
    for listing in demo_listings():
        chosen.setdefault((listing.id[:3], listing.state), listing)
    first = list(demo_listings()[:12])
    rows = tuple({listing.id: listing for listing in [*first, *chosen.values()]}.values())
    monkeypatch.setattr(demo_loading, "demo_listings", lambda: rows)
    return rows


@pytest.fixture
def reference(db, sample, communes):
    """The nomenclatures, the tree of pages, and the communes of the sample."""
    regions = {
        code: Region.objects.create(code=code, name=name, slug=slug)
        for code, name, slug in (
            ("93", "Provence-Alpes-Côte d’Azur", "provence-alpes-cote-d-azur"),
            ("84", "Auvergne-Rhône-Alpes", "auvergne-rhone-alpes"),
            ("53", "Bretagne", "bretagne"),
            ("99", "Ailleurs", "ailleurs"),
        )
    }
    by_file = {"pro": "93", "ara": "84", "bre": "53"}
    for listing in sample:
        row = communes[listing.commune]
        department, _ = Department.objects.get_or_create(
            code=row["departement"],
            defaults={
                "name": row["departement"],
                "region": regions[by_file.get(listing.id[:3], "99")],
            },
        )
        epci, _ = Epci.objects.get_or_create(
            code=row["epci_siren"] or "000000000", defaults={"name": "Intercommunalité"}
        )
        Commune.objects.get_or_create(
            code=listing.commune,
            defaults={
                "name": row["nom"],
                "department": department,
                "epci": epci,
                "latitude": float(row["lat"]),
                "longitude": float(row["lon"]),
                "postcodes": row["codes_postaux"],
            },
        )
    load_nomenclature()
    ensure_site_tree()


def load_all():
    return demo_loading.load_listings(editors=demo_loading.demo_editors(EDITORS), pictures=None)


def test_listings_are_loaded_with_all_their_facts(reference, sample, settings):
    settings.DEBUG = True
    ensure_accounts(EDITORS)
    assert load_all() == len(sample)
    listing = sample[0]
    page = InitiativePage.objects.get(source="demo", external_id=listing.id)
    assert page.is_demo
    assert page.is_public
    assert page.title == listing.title
    assert page.owner.username == "redaction-paca"
    assert [family.code for family in page.families.all()] == list(listing.families)
    assert set(page.tags.names()) == set(listing.tags)
    assert page.contacts.count() == 2
    assert page.served_areas.get().territory is not None
    assert page.latitude == pytest.approx(page.commune.latitude, abs=0.01)
    assert "’" in page.description
    assert page.slug.isascii()


def test_each_state_shows_or_hides_the_listing(reference, sample, settings):
    settings.DEBUG = True
    ensure_accounts(EDITORS)
    load_all()
    public = set(InitiativePage.objects.public().values_list("external_id", flat=True))
    hidden = {row.id for row in sample if row.state in {"draft", "suspended", "lapsed"}}
    assert public == {row.id for row in sample} - hidden
    pending = [row.id for row in sample if row.state in {"pending", "draft"}]
    changed = InitiativePage.objects.filter(has_unpublished_changes=True)
    assert set(changed.values_list("external_id", flat=True)) == set(pending)


def test_loading_again_changes_nothing_and_brings_nothing_back(reference, sample):
    load_all()
    page = InitiativePage.objects.get(external_id=sample[0].id)
    page.title = "Un nouveau nom"
    page.save()
    InitiativePage.objects.get(external_id=sample[1].id).delete()
    assert load_all() == 0
    assert InitiativePage.objects.get(external_id=sample[0].id).title == "Un nouveau nom"
    assert not InitiativePage.objects.filter(external_id=sample[1].id).exists()


def test_pages_are_written_once_and_an_editors_text_stays(reference):
    assert load_pages(pictures=None) >= 12
    region = RegionPage.objects.get(region__code="53")
    assert region.holder_name
    region.introduction = "<p>Autre texte</p>"
    region.save()
    assert load_pages(pictures=None) == 0
    region.refresh_from_db()
    assert region.introduction == "<p>Autre texte</p>"
    assert HomePage.objects.get().charter_line


@pytest.mark.django_db
def test_accounts_with_a_public_password_exist_in_development_only(settings):
    settings.DEBUG = False
    with pytest.raises(PublicPasswordRefused):
        ensure_accounts(EDITORS)
    with pytest.raises(CommandError, match="DEBUG"):
        call_command("demo", no_serve=True)


def test_the_command_prepares_everything_and_says_so(reference, sample, settings, engine):
    settings.DEBUG = True
    out = StringIO()
    call_command("demo", no_serve=True, stdout=out)
    told = out.getvalue()
    assert "http://127.0.0.1:8000/" in told
    assert PASSWORD in told
    assert all(account.username in told for account in (*EDITORS, *OTHERS))
    assert len(dict(engine.fingerprints())) == InitiativePage.objects.public().count()

    again = StringIO()
    call_command("demo", no_serve=True, stdout=again)
    assert InitiativePage.objects.count() == len(sample)
    assert again.getvalue().count("déjà là") == 2


def test_editors_of_the_demonstration_work_in_their_region_only(reference, settings, client):
    settings.DEBUG = True
    ensure_accounts((*EDITORS, *OTHERS))
    load_all()
    assert client.login(username="redaction-bretagne", password=PASSWORD)
    page = InitiativePage.objects.filter(owner__username="redaction-bretagne").first()
    other = InitiativePage.objects.filter(owner__username="redaction-paca").first()
    assert client.get(f"/admin/pages/{page.pk}/edit/").status_code == 200
    assert client.get(f"/admin/pages/{other.pk}/edit/").status_code in {302, 403, 404}
