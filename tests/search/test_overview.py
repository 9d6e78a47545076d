"""The directory at a glance."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file

from bdis_search.overview import latest
from tests.factories import InitiativePageFactory

pytestmark = pytest.mark.django_db


def test_the_latest_listings_come_by_day_those_with_a_cover_first(
    site_tree, territories, rf, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    cover = get_image_model().objects.create(title="Atelier", file=get_test_image_file())
    noon = timezone.localtime().replace(hour=12)

    def listing(title, day, **fields):
        return InitiativePageFactory(
            title=title, commune=territories.die, first_published_at=noon - timedelta(day), **fields
        )

    listing("Hier, avec image", 1, cover=cover)
    listing("Aujourd’hui, avec image", 0, cover=cover)
    for number in range(4):
        listing(f"Aujourd’hui, sans image {number}", 0)

    titles = [item.title for item in latest(rf.get("/"), limit=6)]

    assert titles[0] == "Aujourd’hui, avec image"
    assert titles[-1] == "Hier, avec image"
