"""A guest answers by a link that opens its own answers, and nothing else, until it is over."""

from __future__ import annotations

import datetime
import secrets
import threading

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone

from bdis_evaluation.coevaluating import answering_pages, guest_pages, inviting
from bdis_evaluation.evaluating.finishing import abandon
from bdis_evaluation.evaluating.saving import Given, save_answer
from bdis_evaluation.models import GuestAnswer
from tests.cms.admin_client import logged_in
from tests.evaluation.coevaluating import (
    KEY,
    SECRET,
    answered,
    asked,
    closed,
    guest_url,
    opened,
    peer_of,
    soon,
    space_url,
    visitor,
)
from tests.factories.evaluations import GridVersionFactory, level, theme

pytestmark = pytest.mark.django_db
THEME = "gouvernance"


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


@pytest.fixture
def shared(site_tree, territories):
    return opened(territories)


def pages_of(token):
    """Every address of a guest: how it is asked, and what is sent."""
    return [
        ("get", guest_url(token), {}),
        ("get", guest_url(token, "theme", THEME), {}),
        ("post", guest_url(token, "theme", THEME), {f"q-{KEY}": "1"}),
        ("post", guest_url(token, "done"), {}),
    ]


def statuses(client, token):
    return [getattr(client, how)(url, data).status_code for how, url, data in pages_of(token)]


def test_a_guest_reads_answers_comes_back_and_finishes(shared):
    invitation, token = asked(shared.evaluation)
    client = visitor()
    page = client.get(guest_url(token))
    assert page.status_code == 200
    assert "Les Paniers de Die" in page.text
    first = client.post(
        guest_url(token, "theme", THEME), {f"q-{KEY}": "2", f"q-{KEY}-comment": "Belle réunion."}
    )
    assert (first.status_code, first.url) == (302, guest_url(token, "theme", "emploi"))
    again = client.get(guest_url(token, "theme", THEME))
    assert "Belle réunion." in again.text
    client.post(guest_url(token, "theme", THEME), {f"q-{KEY}": "1", "q-gouv-comptes": "no"})
    kept = {one.key: (one.value, one.comment) for one in invitation.answers.all()}
    assert kept == {KEY: (1, ""), "gouv-comptes": (False, "")}
    assert client.post(guest_url(token, "done")).status_code == 200
    invitation.refresh_from_db()
    assert invitation.answered_at
    assert client.cookies == {}


def test_what_is_left_or_not_known_is_no_answer(shared):
    invitation, token = asked(shared.evaluation)
    client = visitor()
    client.post(guest_url(token, "theme", THEME), {f"q-{KEY}": "1"})
    client.post(guest_url(token, "theme", THEME), {f"q-{KEY}": ""})
    assert not invitation.answers.exists()
    refused = client.post(guest_url(token, "done"))
    assert refused.status_code == 422
    invitation.refresh_from_db()
    assert invitation.answered_at is None


def test_what_is_wrong_is_told_and_the_rest_is_saved(shared, territories):
    peer = peer_of(territories)
    invitation = inviting.invite_peer(shared.evaluation, peer=peer.page, user=shared.owner)
    page = logged_in(peer.contributor).post(
        f"/mon-espace/{peer.page.pk}/avis/{invitation.pk}/theme/emploi/",
        {"q-emploi-qualite": "2", "q-emploi-formation": "beaucoup", "q-emploi-formation-year": ""},
    )
    assert page.status_code == 422
    assert 'value="beaucoup"' in page.text
    assert [one.key for one in invitation.answers.all()] == ["emploi-qualite"]


def test_figures_and_texts_are_asked_of_peers_only(shared, territories):
    invitation, token = asked(shared.evaluation)
    url = guest_url(token, "theme", "emploi")
    answers = {"q-emploi-qualite": "2", "q-emploi-recit": SECRET, "q-emploi-recit-comment": SECRET}
    client = visitor()
    assert "q-emploi-recit" not in client.get(url).text
    client.post(url, answers)
    assert [one.key for one in invitation.answers.all()] == ["emploi-qualite"]
    peer = peer_of(territories)
    theirs = inviting.invite_peer(shared.evaluation, peer=peer.page, user=shared.owner)
    logged_in(peer.owner).post(
        f"/mon-espace/{peer.page.pk}/avis/{theirs.pk}/theme/emploi/", answers
    )
    assert theirs.answers.get(key="emploi-recit").value == SECRET


def test_pages_of_guests_are_kept_from_caches_engines_and_other_sites(shared):
    _invitation, token = asked(shared.evaluation)
    client = visitor()
    for how, url, data in pages_of(token):
        page = getattr(client, how)(url, data)
        assert page["Referrer-Policy"] == "no-referrer"
        assert page["Cache-Control"] == "no-store, private"
        assert page["X-Robots-Tag"] == "noindex, nofollow"
        assert "Set-Cookie" not in page


def test_forms_of_guests_need_neither_cookie_nor_origin(shared):
    _invitation, token = asked(shared.evaluation)
    client = Client(enforce_csrf_checks=True)
    url = guest_url(token, "theme", THEME)
    assert client.post(url, {f"q-{KEY}": "1"}, headers={"origin": "null"}).status_code == 302


def test_a_link_shows_nothing_of_the_initiative_nor_of_other_guests(shared):
    save_answer(shared.evaluation, KEY, Given(3, comment=SECRET), base=0, user=shared.owner)
    other, _token = asked(shared.evaluation, "secrete@exemple.fr")
    GuestAnswer.objects.create(invitation=other, key=KEY, value=3, comment=SECRET)
    answered(shared.evaluation, 2, comment=SECRET)
    _invitation, token = asked(shared.evaluation)
    client = visitor()
    for how, url, data in pages_of(token)[:3]:
        page = getattr(client, how)(url, data)
        assert SECRET not in page.text
        assert "secrete@exemple.fr" not in page.text
    checked = client.get(guest_url(token, "theme", THEME)).text.count("checked")
    assert checked == 2  # its own answer, and « I do not know » to the other question


def test_a_link_writes_its_own_answers_alone(shared):
    other, _token = asked(shared.evaluation)
    _invitation, token = asked(shared.evaluation)
    visitor().post(
        guest_url(token, "theme", THEME),
        {f"q-{KEY}": "1", "invitation": other.pk, "invitation_id": other.pk},
    )
    assert not other.answers.exists()
    assert not shared.evaluation.answers.exists()


def test_keys_of_other_themes_and_grids_are_not_written(shared):
    other = GridVersionFactory(themes=[theme("autre", level("autre-question"))])
    invitation, token = asked(shared.evaluation)
    client = visitor()
    client.post(
        guest_url(token, "theme", THEME),
        {"q-autre-question": "1", "q-emploi-qualite": "1", f"q-{KEY}": "1", f"q-{KEY}-na": "1"},
    )
    assert not invitation.answers.exclude(key=KEY).exists()
    for code in ("autre", "x" * 300, "..", "gouvernance%00", other.grid.code):
        assert client.get(f"/evaluation/avis/{token}/theme/{code}/").status_code == 404


def test_a_link_opens_no_page_of_the_space(shared, territories):
    _invitation, token = asked(shared.evaluation)
    client = visitor()
    client.get(guest_url(token))
    for name in ("gathering", "crossed", "meeting", "external", "gather", "peers"):
        assert client.get(space_url(shared.evaluation, name)).status_code == 302
        assert client.get(f"/evaluation/avis/{token}/{name}/").status_code == 404


def finished(shared, invitation):
    invitation.answered_at = timezone.now()
    invitation.save()


def revoked(shared, invitation):
    inviting.revoke(invitation)


def gathered(shared, invitation):
    closed(shared.evaluation)


def abandoned(shared, invitation):
    abandon(shared.evaluation, reason="Trop tôt.", user=None)


def late(shared, invitation):
    shared.evaluation.answers_until = timezone.localdate() - datetime.timedelta(days=1)
    shared.evaluation.save()


@pytest.mark.parametrize("end", [finished, revoked, gathered, abandoned, late])
def test_a_link_is_not_replayed_after_the_end(shared, end):
    invitation, token = asked(shared.evaluation)
    client = visitor()
    client.post(guest_url(token, "theme", THEME), {f"q-{KEY}": "2", f"q-{KEY}-comment": SECRET})
    end(shared, invitation)
    before = list(GuestAnswer.objects.values())
    for how, url, data in pages_of(token):
        page = getattr(client, how)(url, data)
        assert page.status_code == 410
        assert SECRET not in page.text
    assert list(GuestAnswer.objects.values()) == before


def test_the_link_before_opens_nothing_once_another_was_sent(shared):
    invitation, token = asked(shared.evaluation)
    inviting.resend(invitation)
    assert statuses(visitor(), token) == [404] * 4


def test_secrets_are_not_guessed(shared, territories, monkeypatch):
    invitation, token = asked(shared.evaluation)
    peer = peer_of(territories)
    theirs = inviting.invite_peer(shared.evaluation, peer=peer.page, user=shared.owner)
    client = visitor()
    guesses = [
        secrets.token_urlsafe(32),
        token[:-1],
        token + "A",
        token.swapcase(),
        invitation.secret_hash,
        theirs.secret_hash,
        str(invitation.pk),
        "é" * 40,
        "x" * 2000,
        "%00",
        "' OR 1=1 --",
    ]
    for guess in guesses:
        assert client.get(f"/evaluation/avis/{guess}/").status_code == 404
    monkeypatch.setattr(guest_pages, "_MOST_GUESSES", 3)
    assert client.get(guest_url("encore")).status_code == 429
    assert client.get(guest_url(token)).status_code == 200


def test_a_link_sends_so_many_forms_in_an_hour(shared, monkeypatch):
    monkeypatch.setattr(answering_pages, "_MOST_FORMS", 2)
    invitation, token = asked(shared.evaluation)
    client = visitor()
    url = guest_url(token, "theme", THEME)
    assert [client.post(url, {f"q-{KEY}": n}).status_code for n in "123"] == [302, 302, 429]
    assert invitation.answers.get().value == 2
    _other, other = asked(shared.evaluation)
    assert client.post(guest_url(other, "theme", THEME), {f"q-{KEY}": "1"}).status_code == 302


@pytest.mark.parametrize(
    "data",
    [
        {f"q-{KEY}": "99"},
        {f"q-{KEY}": "-1"},
        {f"q-{KEY}": "1\x00"},
        {f"q-{KEY}": "٣"},
        {f"q-{KEY}": "1", f"q-{KEY}-comment": "a\x00b"},
        {f"q-{KEY}": "1", f"q-{KEY}-comment": "x" * 4001},
        {f"q-{KEY}": "9" * 5000},
    ],
)
def test_hostile_answers_are_refused_and_nothing_fails(shared, data):
    invitation, token = asked(shared.evaluation)
    assert visitor().post(guest_url(token, "theme", THEME), data).status_code == 422
    assert not invitation.answers.exists()


def test_broken_requests_do_not_fail(shared):
    _invitation, token = asked(shared.evaluation)
    client = visitor()
    url = guest_url(token, "theme", THEME)
    broken = client.post(url, b"\xff\xfe=%%%", content_type="application/x-www-form-urlencoded")
    assert broken.status_code < 500
    broken = client.post(url, b"--x\r\n", content_type="multipart/form-data; boundary=x")
    assert broken.status_code < 500
    assert client.put(url).status_code == 405
    assert client.get(guest_url(token, "done")).status_code == 405


def test_markup_of_guests_is_shown_as_text(shared):
    _invitation, token = asked(shared.evaluation)
    client = visitor()
    url = guest_url(token, "theme", THEME)
    client.post(url, {f"q-{KEY}": "1", f"q-{KEY}-comment": "</textarea><script>x</script>"})
    assert "<script>x" not in client.get(url).text


def test_pages_take_the_same_queries_whatever_was_answered(shared, django_assert_max_num_queries):
    _invitation, token = asked(shared.evaluation)
    client = visitor()
    client.get(guest_url(token))
    with django_assert_max_num_queries(12):
        client.get(guest_url(token, "theme", "emploi"))


@pytest.mark.django_db(transaction=True)
def test_the_same_form_sent_twice_at_once_is_written_once(site_tree, territories):
    shared = opened(territories)
    invitation, token = asked(shared.evaluation)
    seen = []

    def send():
        try:
            url = guest_url(token, "theme", THEME)
            seen.append(visitor().post(url, {f"q-{KEY}": "2"}).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _time in range(2)]
    for thread in threads:
        thread.start()
        if connection.vendor == "sqlite":  # in memory, its tables know no two writers
            thread.join()
    for thread in threads:
        thread.join()
    assert seen == [302, 302]
    assert invitation.answers.get().value == 2


def test_the_day_may_be_moved_and_the_link_opens_again(shared):
    _invitation, token = asked(shared.evaluation)
    late(shared, None)
    client = logged_in(shared.owner)
    client.post(space_url(shared.evaluation, "postpone"), {"until": soon().isoformat()})
    assert visitor().get(guest_url(token)).status_code == 200
