"""What the forms of pages refuse: media and drafts that the editor could not have chosen."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Collection

from bdis_cms.models import ArticlePage, InitiativePage, RegionPage
from bdis_cms.sitetree import ensure_site_tree, moderators_group_name
from tests.cms.admin_client import logged_in, member
from tests.factories import InitiativePageFactory

SECRET = "Zanzibarbouillon"
pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(territories, settings, tmp_path) -> SimpleNamespace:
    """A moderator of a region; media of that region, and of another one."""
    settings.MEDIA_ROOT = tmp_path
    ensure_site_tree()

    def image(region, title):
        return get_image_model().objects.create(
            title=title,
            file=get_test_image_file(),
            collection=Collection.objects.get(name=region.name),
        )

    aura, paca = territories.aura, territories.paca
    document = get_document_model().objects.create(
        title=f"Document {SECRET}",
        file=ContentFile(b"%PDF", name=f"{SECRET}.pdf"),
        collection=Collection.objects.get(name=paca.name),
    )
    return SimpleNamespace(
        region=RegionPage.objects.get(region=aura),
        moderator=logged_in(member("moderatrice", moderators_group_name(aura))),
        own=image(aura, "Image d’ici"),
        foreign=image(paca, f"Image {SECRET}"),
        document=document,
        places=territories,
    )


def article(desk, body=(), **fields):
    """Return what the form of an article sends; ``body`` lists (block type, its fields)."""
    data = {
        "title": "Un portrait",
        "slug": "un-portrait",
        "introduction": "Une journée avec l’équipe.",
        "image": "",
        "body-count": len(body),
        "comments-TOTAL_FORMS": 0,
        "comments-INITIAL_FORMS": 0,
        "comments-MIN_NUM_FORMS": 0,
        "comments-MAX_NUM_FORMS": 1000,
    }
    for number, (kind, values) in enumerate(body):
        data |= {
            f"body-{number}-deleted": "",
            f"body-{number}-order": number,
            f"body-{number}-type": kind,
            f"body-{number}-id": "",
        }
        data |= {f"body-{number}-value{name}": value for name, value in values.items()}
    url = reverse("wagtailadmin_pages:add", args=["bdis_cms", "articlepage", desk.region.pk])
    return desk.moderator.post(url, data | fields)


def text_with(kind: str, key: int) -> str:
    return json.dumps(
        {
            "blocks": [
                {
                    "key": "a",
                    "type": "unstyled",
                    "text": "À lire",
                    "depth": 0,
                    "inlineStyleRanges": [],
                    "entityRanges": [{"offset": 0, "length": 6, "key": 0}],
                }
            ],
            "entityMap": {"0": {"type": kind, "mutability": "MUTABLE", "data": {"id": key}}},
        }
    )


def test_media_of_the_region_are_accepted_everywhere(desk):
    body = [("image", {"-image": desk.own.pk, "-alt_text": "Atelier", "-decorative": ""})]

    assert article(desk, body, image=desk.own.pk).status_code == 302

    kept = ArticlePage.objects.get(slug="un-portrait").get_latest_revision_as_object()
    assert kept.image == desk.own
    assert kept.body[0].value.pk == desk.own.pk


@pytest.mark.parametrize("where", ["field", "image block", "document block", "text", "draft"])
def test_what_belongs_to_another_region_is_refused_and_not_told(desk, where):
    draft = InitiativePageFactory(
        commune=desk.places.avignon, live=False, title=SECRET, slug=SECRET.lower()
    )
    body = {
        "image block": [("image", {"-image": desk.foreign.pk, "-alt_text": "Atelier"})],
        "document block": [("document", {"": desk.document.pk})],
        "text": [("paragraph", {"": text_with("DOCUMENT", desk.document.pk)})],
        "draft": [("paragraph", {"": text_with("LINK", draft.pk)})],
    }.get(where, [])

    answer = article(desk, body, image=desk.foreign.pk if where == "field" else "")

    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == ["image" if where == "field" else "body"]
    assert SECRET.lower() not in answer.content.decode().lower()
    assert "Une journée avec" in answer.content.decode()
    assert not ArticlePage.objects.exists()


def test_an_image_of_another_region_that_the_page_already_shows_may_stay(desk):
    article(desk)
    page = ArticlePage.objects.get()
    page.image = desk.foreign
    page.save_revision()

    url = reverse("wagtailadmin_pages:edit", args=[page.pk])
    data = {"title": "Un autre titre", "slug": "un-portrait", "introduction": "Une phrase."}
    data |= {"image": desk.foreign.pk, "body-count": 0}
    data |= {f"comments-{name}_FORMS": 0 for name in ("TOTAL", "INITIAL", "MIN_NUM", "MAX_NUM")}

    assert desk.moderator.post(url, data).status_code == 302
    page = ArticlePage.objects.get()
    assert page.get_latest_revision_as_object().title == "Un autre titre"


def test_a_gallery_refuses_the_images_of_another_region(desk):
    url = reverse("wagtailadmin_pages:add", args=["bdis_cms", "initiativepage", desk.region.pk])
    data = {"title": "Recyclerie", "slug": "recyclerie", "served_territories": "pas du JSON"}
    for name, count in {
        "contacts": 0,
        "links": 0,
        "agreements": 0,
        "gallery": 1,
        "comments": 0,
    }.items():
        data |= {f"{name}-TOTAL_FORMS": count, f"{name}-INITIAL_FORMS": 0}
        data |= {f"{name}-MIN_NUM_FORMS": 0, f"{name}-MAX_NUM_FORMS": 1000}
    data |= {"gallery-0-image": desk.foreign.pk, "gallery-0-caption": "", "gallery-0-ORDER": 1}

    answer = desk.moderator.post(url, data)

    assert answer.status_code == 200
    assert "image" in answer.context["form"].formsets["gallery"].forms[0].errors
    assert "served_territories" in answer.context["form"].errors
    assert SECRET not in answer.content.decode()
    assert not InitiativePage.objects.exists()
