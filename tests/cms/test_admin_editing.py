"""Editing a listing in the admin, from nothing to the public."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from django.urls import reverse
from django.utils import timezone

from bdis_cms import services
from bdis_cms.completeness import REQUIREMENTS, completeness, incomplete, missing_information
from bdis_cms.models import InitiativeContact, InitiativeLink, InitiativePage, RegionPage
from bdis_cms.sitetree import editors_group_name, ensure_site_tree, moderators_group_name
from tests.cms.admin_client import logged_in, member
from tests.factories import ActivityFactory, FamilyFactory, InitiativePageFactory
from tests.factories.charter import CharterVersionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(territories) -> SimpleNamespace:
    """A region with an editor and a moderator at their desks."""
    ensure_site_tree()
    aura = territories.aura
    return SimpleNamespace(
        region=RegionPage.objects.get(region=aura),
        editor=logged_in(member("editrice", editors_group_name(aura))),
        moderator=logged_in(member("moderateur", moderators_group_name(aura))),
        family=FamilyFactory(code="recyclerie", label_fr="Recyclerie"),
        activity=ActivityFactory(code="reemploi", label_fr="Réemploi"),
        places=territories,
    )


def filled(desk, **changes) -> dict[str, object]:
    """Return what the form of a good listing sends."""
    data: dict[str, object] = {
        "title": "Recyclerie du Diois",
        "slug": "recyclerie-du-diois",
        "summary": "Nous collectons, réparons et revendons.",
        "description": json.dumps(
            {
                "blocks": [
                    {
                        "key": "a",
                        "type": "unstyled",
                        "text": "Bonjour",
                        "depth": 0,
                        "inlineStyleRanges": [],
                        "entityRanges": [],
                    }
                ],
                "entityMap": {},
            }
        ),
        "families": [desk.family.pk],
        "main_activity": desk.activity.pk,
        "siret": "732 829 320 00074",
        "address": "12 rue du Viaduc",
        "postcode": "26150",
        "commune": desk.places.die.pk,
        "location": "SRID=4326;POINT(5.3712 44.7541)",
        "point_precision": "exact",
        "served_territories": '["epci:242600534", "department:26", "country:"]',
        "tags": "réemploi, vélo",
        "contacts-0-name": "Accueil",
        "contacts-0-email": "accueil@exemple.fr",
        "contacts-0-visibility": "public",
        "contacts-0-ORDER": 1,
        "links-0-kind": "website",
        "links-0-url": "https://exemple.org/",
        "links-0-ORDER": 1,
        "agreements-0-kind": "esus",
        "agreements-0-starts_on": "2024-01-01",
        "agreements-0-ends_on": "2028-12-31",
        "agreements-0-ORDER": 1,
    }
    for name, count in {
        "contacts": 1,
        "links": 1,
        "agreements": 1,
        "gallery": 0,
        "comments": 0,
    }.items():
        data |= {
            f"{name}-TOTAL_FORMS": count,
            f"{name}-INITIAL_FORMS": 0,
            f"{name}-MIN_NUM_FORMS": 0,
            f"{name}-MAX_NUM_FORMS": 1000,
        }
    return data | changes


def create(desk, client=None, **changes):
    url = reverse("wagtailadmin_pages:add", args=["bdis_cms", "initiativepage", desk.region.pk])
    return (client or desk.editor).post(url, filled(desk, **changes))


def created(title="Recyclerie du Diois") -> InitiativePage:
    return InitiativePage.objects.filter(draft_title=title).latest("pk")


def errors_of(response) -> dict[str, list[str]]:
    return response.context["form"].errors


def test_an_editor_writes_a_whole_listing_as_a_draft(desk):
    assert create(desk).status_code == 302

    page = created()
    assert not page.live
    assert (page.latitude, page.longitude) == (44.7541, 5.3712)
    assert page.commune == desk.places.die
    assert page.siret == "73282932000074"
    assert [family.code for family in page.families.all()] == ["recyclerie"]
    assert [(area.level, area.code) for area in page.served_areas.all()] == [
        ("epci", "242600534"),
        ("department", "26"),
        ("country", ""),
    ]
    assert sorted(tag.name for tag in page.tags.all()) == ["réemploi", "vélo"]
    assert page.contacts.get().visibility == "public"
    assert page.agreements.get().ends_on.year == 2028


def test_a_submission_is_published_by_the_moderator_and_shows_after_its_adhesion(desk):
    create(desk, **{"action-submit": "1"})
    page = created()
    assert page.workflow_in_progress
    state = page.current_workflow_task_state

    desk.moderator.post(
        reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", state.pk]),
        {"comment": ""},
    )
    page = created()
    assert page.live
    assert not page.is_public

    CharterVersionFactory(in_force=True)
    today = timezone.localdate().strftime("%d/%m/%Y")
    desk.moderator.post(
        reverse("bdis_charter_admin:sign", args=[page.pk]),
        {"name": "A. Roux", "capacity": "gérante", "signed_on": today, "seen": "on"},
    )
    assert created().is_public


def test_without_a_point_the_listing_stands_at_the_centre_of_its_commune(desk):
    create(desk, location="", point_precision="exact")

    page = created()
    assert (page.latitude, page.longitude) == (44.7536, 5.3703)
    assert page.point_precision == "commune"


@pytest.mark.parametrize(
    ("location", "words"),
    [
        ("SRID=4326;POINT(44.7541 5.3712)", "km"),  # latitude and longitude swapped
        ("SRID=4326;POINT(200 44)", "180"),
        ("POINT(ailleurs)", "point"),
    ],
)
def test_a_point_off_the_mark_is_refused(desk, location, words):
    response = create(desk, location=location)

    assert words in str(errors_of(response)["location"])


@pytest.mark.parametrize("served", ['["commune:99999"]', '["planet:1"]', "[", '{"a": 1}'])
def test_unknown_territories_are_refused(desk, served):
    assert "served_territories" in errors_of(create(desk, served_territories=served))


def test_homonyms_each_get_an_address(desk):
    create(desk)
    create(desk)

    slugs = InitiativePage.objects.order_by("pk").values_list("slug", flat=True)
    assert list(slugs) == ["recyclerie-du-diois", "recyclerie-du-diois-2"]


def test_a_homonym_keeps_its_address_when_its_form_saves_again(desk):
    create(desk)
    create(desk)
    page = created()
    data = filled(desk, summary="Autre phrase")
    for name in ("contacts", "links", "agreements"):
        data |= {f"{name}-INITIAL_FORMS": 1, f"{name}-0-id": getattr(page, name).get().pk}

    response = desk.editor.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), data)

    assert response.status_code == 302
    assert created().slug == "recyclerie-du-diois-2"
    assert created().summary == "Autre phrase"


def test_a_wrong_siret_says_what_is_wrong(desk):
    assert "14" in str(errors_of(create(desk, siret="12345678901234"))["siret"])


def test_a_draft_of_another_region_cannot_be_named_as_parent(desk):
    foreign = InitiativePageFactory(commune=desk.places.avignon, live=False, title="Secrète")

    response = create(desk, parent_structure=foreign.pk)

    assert "parent_structure" in errors_of(response)


def test_the_form_opens_with_what_was_saved(desk):
    create(desk)

    html = desk.editor.get(reverse("wagtailadmin_pages:edit", args=[created().pk])).content.decode()

    assert "SRID=4326;POINT(5.3712 44.7541)" in html
    assert "CC du Diois" in html
    assert "Die (26)" in html
    assert html.count("<option") < 200  # neither communes nor activities as a select
    assert "unpkg.com" not in html


def test_the_form_costs_the_same_whatever_the_number_of_terms(desk, django_assert_max_num_queries):
    create(desk)
    url = reverse("wagtailadmin_pages:edit", args=[created().pk])
    desk.editor.get(url)
    for number in range(40):
        FamilyFactory(code=f"famille-{number}")
        ActivityFactory(code=f"activite-{number}")

    with django_assert_max_num_queries(110):
        assert desk.editor.get(url).status_code == 200


def test_served_territories_survive_a_second_edit_and_compare_by_name(desk):
    create(desk)
    page = created()
    first = page.latest_revision
    url = reverse("wagtailadmin_pages:edit", args=[page.pk])
    data = filled(desk, served_territories='["department:26"]')
    for name in ("contacts", "links", "agreements"):
        child = getattr(page, name).get()
        data |= {f"{name}-INITIAL_FORMS": 1, f"{name}-0-id": child.pk}

    assert desk.editor.post(url, data).status_code == 302

    page = created()
    assert [area.code for area in page.get_latest_revision_as_object().served_areas.all()] == ["26"]
    comparison = desk.editor.get(
        reverse(
            "wagtailadmin_pages:revisions_compare",
            args=[page.pk, first.pk, page.latest_revision.pk],
        )
    ).content.decode()
    assert "CC du Diois" in comparison


def test_the_banner_says_why_the_public_does_not_see_the_listing(desk):
    page = InitiativePageFactory(never_adhered=True, commune=desk.places.die)
    services.suspend(page, reason="Adresse fausse", user=None)

    html = desk.editor.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()

    for reason in page.hidden_because():
        assert reason in html
    assert "Adresse fausse" in html


def test_the_banner_leads_moderators_to_the_adhesion_that_lacks(desk):
    edit = "wagtailadmin_pages:edit"
    lacking = InitiativePageFactory(never_adhered=True, commune=desk.places.die)
    adhering = InitiativePageFactory(commune=desk.places.die)

    def url_shown(client, page):
        return client.get(reverse(edit, args=[page.pk])).context.get("charter_url")

    assert url_shown(desk.moderator, lacking) == reverse(
        "bdis_charter_admin:sign", args=[lacking.pk]
    )
    assert not url_shown(desk.moderator, adhering)
    assert not url_shown(desk.editor, lacking)


@pytest.mark.parametrize("act", ["suspend", "reinstate", "confirm"])
def test_acts_are_for_moderators(desk, act):
    page = InitiativePageFactory(commune=desk.places.die)
    url = reverse(f"bdis_admin:{act}", args=[page.pk])

    assert desk.editor.get(url).status_code == 302
    assert desk.moderator.get(url).status_code == 200
    menu = reverse("wagtailadmin_pages:edit", args=[page.pk])
    shown = url in desk.moderator.get(menu).content.decode()
    assert shown is (act != "reinstate")
    assert url not in desk.editor.get(menu).content.decode()


def test_a_moderator_suspends_and_reinstates(desk):
    page = InitiativePageFactory(commune=desk.places.die)

    refused = desk.moderator.post(reverse("bdis_admin:suspend", args=[page.pk]), {"reason": ""})
    assert "reason" in refused.context["form"].errors
    desk.moderator.post(reverse("bdis_admin:suspend", args=[page.pk]), {"reason": "Doublon"})
    assert not InitiativePage.objects.get(pk=page.pk).is_public
    desk.moderator.post(reverse("bdis_admin:reinstate", args=[page.pk]))
    assert InitiativePage.objects.get(pk=page.pk).is_public
    history = desk.editor.get(reverse("wagtailadmin_pages:history", args=[page.pk]))
    assert history.status_code == 200


def test_a_confirmation_ahead_of_time_is_refused(desk):
    page = InitiativePageFactory(commune=desk.places.die)

    response = desk.moderator.post(
        reverse("bdis_admin:confirm", args=[page.pk]), {"on": "2999-01-01"}
    )

    assert "on" in response.context["form"].errors


def test_completeness_counts_what_is_there(desk):
    assert sum(requirement.weight for requirement in REQUIREMENTS) == 100
    page = InitiativePageFactory(
        commune=desk.places.die,
        main_activity=desk.activity,
        families=[desk.family],
        description="<p>" + "mot " * 30 + "</p>",
        siret="73282932000074",
        served_radius_km=20,
        point_precision="exact",
    )
    page.links = [InitiativeLink(url="https://exemple.org")]
    page.save()

    assert [item.key for item in missing_information(page)] == ["legal_family", "cover"]
    assert completeness(page) == 88
    assert not incomplete(InitiativePage.objects.filter(pk=page.pk)).exists()


def test_a_contact_for_the_team_only_does_not_make_a_listing_reachable(desk):
    page = InitiativePageFactory(
        commune=desk.places.die, main_activity=desk.activity, families=[desk.family]
    )
    page.contacts = [InitiativeContact(email="a@exemple.fr", visibility="private")]
    page.save()

    assert "reachable" in [item.key for item in missing_information(page)]
    assert incomplete(InitiativePage.objects.filter(pk=page.pk)).exists()
    page.contacts = [InitiativeContact(email="a@exemple.fr", visibility="public")]
    page.save()
    assert not incomplete(InitiativePage.objects.filter(pk=page.pk)).exists()


def test_the_database_and_the_page_agree_on_what_is_missing(desk):
    empty = InitiativePageFactory(summary="", commune=None, title="Vide")
    full = InitiativePageFactory(commune=desk.places.die)

    for requirement in REQUIREMENTS:
        for page in (empty, full):
            lacking = InitiativePage.objects.filter(requirement.lacking(), pk=page.pk).exists()
            assert not (lacking and requirement.met_by(page)), requirement.key


def test_autocompletes_answer_editors_only(desk, client):
    url = reverse("bdis_admin:communes")

    [die] = [
        row
        for row in desk.editor.get(url, {"q": "die"}).json()["results"]
        if row["label"] == "Die (26)"
    ]
    assert (die["postcodes"], die["lat"]) == (["26150"], 44.7536)
    keys = [
        row["key"]
        for row in desk.editor.get(reverse("bdis_admin:territories"), {"q": "drôme"}).json()[
            "results"
        ]
    ]
    assert "department:26" in keys
    assert client.get(url, {"q": "die"}).status_code == 302
    assert desk.editor.get(url, {"q": ""}).json() == {"results": []}
    assert desk.editor.post(url).status_code == 405


def test_the_address_falls_back_on_the_commune(desk):
    answer = desk.editor.get(
        reverse("bdis_admin:geocode"), {"q": "zzzz", "commune": desk.places.die.pk}
    ).json()["results"]

    assert answer[0]["precision"] == "commune"
    assert (answer[0]["lat"], answer[0]["lon"]) == (44.7536, 5.3703)


@pytest.mark.parametrize("key", ["²", "9" * 30, "x", "-1"])
def test_a_key_of_nothing_finds_nothing(desk, key):
    address = {"q": "zzzz", "commune": key}
    chosen = reverse("bdis_initiative_chooser:chosen", args=[key])
    several = reverse("bdis_initiative_chooser:chosen_multiple")

    assert desk.editor.get(reverse("bdis_admin:geocode"), address).json() == {"results": []}
    assert desk.editor.get(chosen).status_code == 404
    assert desk.editor.get(several, {"id": key}).status_code == 200
