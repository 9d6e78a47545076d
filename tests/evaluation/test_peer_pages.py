"""The people of a peer answer in its name, in its space, and see nothing else."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bdis_evaluation.coevaluating import inviting
from bdis_evaluation.models import GuestAnswer, Invitation
from tests.cms.admin_client import logged_in
from tests.evaluation.coevaluating import (
    KEY,
    asked,
    opened,
    peer_of,
    visitor,
)

pytestmark = pytest.mark.django_db
THEME = "gouvernance"


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


@pytest.fixture
def shared(site_tree, territories):
    return opened(territories)


def peer_pages_of(peer, invitation):
    base = f"/mon-espace/{peer.page.pk}/avis/{invitation.pk}/"
    return [
        ("get", f"/mon-espace/{peer.page.pk}/avis/", {}),
        ("get", base, {}),
        ("get", f"{base}theme/{THEME}/", {}),
        ("post", f"{base}theme/{THEME}/", {f"q-{KEY}": "1"}),
        ("post", f"{base}termine/", {}),
    ]


def test_the_people_of_a_peer_answer_in_its_name_contributors_too(shared, territories):
    peer = peer_of(territories)
    invitation = inviting.invite_peer(shared.evaluation, peer=peer.page, user=shared.owner)
    home = logged_in(peer.owner).get(f"/mon-espace/{peer.page.pk}/")
    assert f"/mon-espace/{peer.page.pk}/avis/" in home.text
    client = logged_in(peer.contributor)
    seen = [getattr(client, how)(url, data) for how, url, data in peer_pages_of(peer, invitation)]
    assert [page.status_code for page in seen] == [200, 200, 200, 302, 200]
    assert "Les Paniers de Die" in seen[0].text
    assert invitation.answers.get().value == 1
    again = [getattr(client, how)(url, data) for how, url, data in peer_pages_of(peer, invitation)]
    assert [page.status_code for page in again] == [200, 410, 410, 410, 410]


def test_a_request_to_a_peer_exists_for_its_people_alone(shared, territories):
    peer = peer_of(territories)
    invitation = inviting.invite_peer(shared.evaluation, peer=peer.page, user=shared.owner)
    for user in (shared.owner, shared.contributor, peer_of(territories, title="Autre").owner):
        client = logged_in(user)
        for how, url, data in peer_pages_of(peer, invitation):
            assert getattr(client, how)(url, data).status_code == 404
    for how, url, data in peer_pages_of(peer, invitation):
        assert getattr(visitor(), how)(url, data).status_code == 302
    assert not GuestAnswer.objects.exists()


def test_a_peer_opens_neither_another_request_nor_that_of_a_guest(shared, territories):
    peer, other = peer_of(territories), peer_of(territories, title="Autre")
    theirs = inviting.invite_peer(shared.evaluation, peer=other.page, user=shared.owner)
    guest, _token = asked(shared.evaluation)
    client = logged_in(peer.owner)
    for one in (theirs, guest):
        for how, url, data in peer_pages_of(peer, one)[1:]:
            assert getattr(client, how)(url, data).status_code == 404


def test_forms_of_peers_carry_a_token(shared, territories):
    peer = peer_of(territories)
    invitation = inviting.invite_peer(shared.evaluation, peer=peer.page, user=shared.owner)
    client = Client(enforce_csrf_checks=True)
    client.force_login(peer.owner)
    for how, url, data in peer_pages_of(peer, invitation)[3:]:
        assert getattr(client, how)(url, data).status_code == 403


def test_requests_are_listed_in_a_constant_number_of_queries(
    shared, territories, django_assert_num_queries
):
    peer = peer_of(territories)
    inviting.invite_peer(shared.evaluation, peer=peer.page, user=shared.owner)
    client, url = logged_in(peer.owner), f"/mon-espace/{peer.page.pk}/avis/"
    client.get(url)
    with CaptureQueriesContext(connection) as first:
        client.get(url)
    for number in range(3):
        more = opened(territories)
        more.page.title = f"Autre {number}"
        Invitation.objects.create(
            evaluation=more.evaluation, group="peers", peer=peer.page, secret_hash=str(number)
        )
    with django_assert_num_queries(len(first)):
        assert client.get(url).text.count("space-row") == 4
