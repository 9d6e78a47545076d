"""Every way to hide a listing × every public channel × an index up to date, late, or unaware.

Nothing of it shows: no word, and no number either wherever listings themselves are shown.
"""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import URLPattern
from wagtail.models import Page, get_page_models

from bdis_cms.models import ArticleIndexPage, ArticlePage, ResourcePage
from bdis_search.api import api
from bdis_search.building import build_documents
from bdis_search.models import IndexTask
from bdis_search.outbox import drain, rebuild_index
from bdis_search.urls import public_urls
from tests.factories import ActivityFactory, FamilyFactory
from tests.search.leak_channels import CHANNELS
from tests.search.leaks import ALIKE, SECRETS, STATES, make

pytestmark = pytest.mark.django_db

#: What the index knows of the change: all of it; it waits in the outbox; nothing ever told it.
INDEXES = ["up to date", "late", "unaware"]
# A listing behind a password has a page that asks for it.
ASKED_FOR = {"behind a password": "listing"}


@pytest.fixture
def directory(site_tree, territories, engine):
    family = FamilyFactory(code="famille", label_fr="Famille")
    activity = ActivityFactory(code="activite", label_fr="Activité")
    directory = make(site_tree, territories, family, activity)
    rebuild_index()
    IndexTask.objects.all().delete()
    return directory


def told(response) -> list[str]:
    """Return the secrets that an answer tells; what was asked is not one."""
    content = response.content.decode()
    for asked in response.wsgi_request.GET.values():
        content = re.sub(re.escape(asked), "…", content, flags=re.IGNORECASE)
    own_address = response.wsgi_request.path
    content = content.replace(own_address, "…")
    return [name for name, word in SECRETS.items() if word.lower() in content.lower()]


def leaks(channel, directory) -> list[str]:
    """Return what a channel tells of the hidden listing; [] when it is as if it had never been."""
    response = channel.ask(Client(), directory)
    assert response.status_code < 500
    found = [f"tells its {name}" for name in told(response)]
    if response.status_code == 200 and channel.numbers:
        numbers = channel.numbers(response)
        found += [f"counts {n}, not {channel.expected}" for n in numbers if n != channel.expected]
    return found


def test_all_of_it_shows_while_it_is_public(directory):
    counted = {
        name: channel.numbers(channel.ask(Client(), directory))
        for name, channel in CHANNELS.items()
        if channel.numbers
    }
    shown = {
        secret for channel in CHANNELS.values() for secret in told(channel.ask(Client(), directory))
    }
    # What the matrix looks for can be found: but for what nobody ever sees.
    assert shown == set(SECRETS) - {"private contact", "private phone"}
    for name, numbers in counted.items():
        assert set(numbers) == {CHANNELS[name].expected + 1}, name


@pytest.mark.parametrize("index", INDEXES)
@pytest.mark.parametrize("state", STATES)
def test_a_hidden_listing_shows_nowhere(directory, state, index):
    STATES[state](directory)
    if index == "up to date":
        drain()
        assert not IndexTask.objects.waiting().exists()
    found = {}
    for name, channel in CHANNELS.items():
        if index == "unaware":
            # Each channel is the first one to come upon it.
            IndexTask.objects.all().delete()
        found[name] = leaks(channel, directory)
        if index == "unaware" and not channel.looks:
            # A number that no listing stands behind may be off until something looks at it.
            found[name] = [leak for leak in found[name] if not leak.startswith("counts")]
    assert {name: leak for name, leak in found.items() if leak} == {}


@pytest.mark.parametrize("index", ["up to date", "late"])
def test_the_words_of_a_draft_show_nowhere(site_tree, territories, engine, index):
    family = FamilyFactory(code="famille", label_fr="Famille")
    activity = ActivityFactory(code="activite", label_fr="Activité")
    directory = make(site_tree, territories, family, activity, as_a_draft=True)
    drain() if index == "up to date" else rebuild_index()
    found = {name: told(channel.ask(Client(), directory)) for name, channel in CHANNELS.items()}
    assert {name: words for name, words in found.items() if words} == {}
    for name in ("search", "api", "feed", "map page", "digest by e-mail"):
        channel = CHANNELS[name]
        assert channel.numbers
        numbers = channel.numbers(channel.ask(Client(), directory))
        assert set(numbers) == {ALIKE + 1}, "the listing as it was published is still there"


def test_the_index_holds_nothing_of_the_people_of_a_listing(directory):
    (document,) = build_documents([directory.page.pk])
    held = repr(document).lower()
    people = {"public contact", "private contact", "private phone"}
    assert [name for name in people if SECRETS[name].lower() in held] == []
    assert "claire" not in held
    assert "chut" not in held


@pytest.fixture
def answers(directory):
    """What each channel answers while the listing is public."""
    return [channel.ask(Client(), directory) for channel in CHANNELS.values()]


@pytest.fixture
def asked(answers):
    """The addresses that the channels ask, as they were resolved; the e-mail has none."""
    return [found for answer in answers if (found := getattr(answer, "resolver_match", None))]


def test_the_matrix_has_every_public_address(asked):
    named = {pattern.name for pattern in public_urls if isinstance(pattern, URLPattern)}
    without_listings = {
        "set_language", "robots", "follow_sent", "follow_confirm", "follow_manage", "follow_stop",
    }  # fmt: skip
    names = {match.url_name for match in asked if match.namespace == "bdis_search"}
    assert named - without_listings == names


def test_the_matrix_has_every_address_of_the_api(asked):
    routes = {match.route for match in asked if match.namespace == "bdis_api"}
    paths = {re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", f"/{route}") for route in routes}
    without_listings = {"/api/v1/places"}
    assert set(api.get_openapi_schema()["paths"]) - without_listings == paths


def test_the_matrix_has_every_kind_of_page(answers):
    contexts = [getattr(answer, "context", None) or {} for answer in answers]
    served = {type(context["page"]) for context in contexts if "page" in context}
    of_editors = {ArticleIndexPage, ArticlePage, ResourcePage}
    assert {model for model in get_page_models() if model is not Page} - of_editors == served
