"""The gathering in the space: who may do what, and what is shown of whom, when."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bdis_cms.sitetree import editors_group_name, ensure_site_tree
from bdis_evaluation.coevaluating import inviting, peers_page
from bdis_evaluation.coevaluating.tallying import tally
from bdis_evaluation.evaluating.saving import Given, save_answer
from bdis_evaluation.models import (
    GuestAnswer,
    Invitation,
    InvitedGroup,
)
from tests.cms.admin_client import logged_in, member
from tests.evaluation.coevaluating import (
    KEY,
    SECRET,
    answered,
    asked,
    closed,
    opened,
    peer_of,
    soon,
    space_url,
)
from tests.factories import InitiativeMemberFactory, UserFactory
from tests.factories.evaluations import EvaluationFactory

pytestmark = pytest.mark.django_db
NAMES = [
    *("gathering", "share", "postpone", "unshare", "gather", "invite", "peers", "crossed"),
    *("meeting", "agreed_commitments", "external", "without"),
]
#: What contributors may open: the rest asks people in the name of the initiative.
READ = {"gathering", "crossed", "meeting", "agreed_commitments", "external"}


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


@pytest.fixture
def shared(site_tree, territories):
    return opened(territories)


def get_or_post(client, url, name):
    posts = {"share", "postpone", "unshare", "invite", "without", "resend", "revoke"}
    return client.post(url) if name in posts else client.get(url)


def addresses(shared):
    invitation, _token = asked(shared.evaluation)
    found = {name: space_url(shared.evaluation, name) for name in NAMES}
    for name in ("resend", "revoke"):
        found[name] = space_url(shared.evaluation, name, invitation.pk)
    return found


def test_pages_do_not_exist_for_others_whatever_their_rights(shared, territories):
    ensure_site_tree()
    neighbour = InitiativeMemberFactory(owner=True, initiative__commune=territories.avignon).user
    others = [
        UserFactory(),
        UserFactory(is_superuser=True),
        member("editrice", editors_group_name(territories.aura)),
        neighbour,
    ]
    urls = addresses(shared)
    for name, url in urls.items():
        for user in others:
            assert get_or_post(logged_in(user), url, name).status_code == 404, name
        answer = get_or_post(Client(), url, name)
        assert (answer.status_code, "/connexion" in answer.url or "next=" in answer.url) == (
            302,
            True,
        )
    assert Invitation.objects.standing().count() == 1


def test_the_evaluation_of_another_initiative_is_not_opened_through_ones_own(shared, territories):
    other = opened(territories)
    for name, url in addresses(other).items():
        mixed = url.replace(f"/{other.page.pk}/", f"/{shared.page.pk}/")
        assert get_or_post(logged_in(shared.owner), mixed, name).status_code == 404


def test_an_invitation_of_another_evaluation_is_not_acted_on(shared, territories):
    invitation, _token = asked(opened(territories).evaluation)
    for name in ("resend", "revoke"):
        url = space_url(shared.evaluation, name, invitation.pk)
        assert logged_in(shared.owner).post(url).status_code == 404
    assert mail.outbox == []


def test_contributors_see_and_owners_ask(shared):
    client = logged_in(shared.contributor)
    for name, url in addresses(shared).items():
        expected = {200, 302} if name in READ else {403}
        assert get_or_post(client, url, name).status_code in expected, name
    page = client.get(space_url(shared.evaluation))
    assert "invite0@exemple.fr" not in page.text
    assert "invite0@exemple.fr" in logged_in(shared.owner).get(space_url(shared.evaluation)).text


def test_an_owner_opens_asks_several_and_is_told_what_was_refused(site_tree, territories):
    evaluation = EvaluationFactory(initiative__commune=territories.die)
    owner = InitiativeMemberFactory(initiative=evaluation.initiative, owner=True).user
    client = logged_in(owner)
    assert client.get(space_url(evaluation)).status_code == 200
    assert client.post(space_url(evaluation, "share"), {"until": "2001-01-01"}).status_code == 422
    assert client.post(space_url(evaluation, "share"), {"until": ""}).status_code == 422
    done = client.post(space_url(evaluation, "share"), {"until": soon().isoformat()})
    assert done.url == space_url(evaluation)
    invite = space_url(evaluation, "invite")
    emails = "a@exemple.fr, B@exemple.fr\n\n;a@exemple.fr"
    assert client.post(invite, {"group": "users", "emails": emails}).status_code == 302
    assert sorted(message.to[0] for message in mail.outbox) == ["a@exemple.fr", "b@exemple.fr"]
    again = client.post(invite, {"group": "users", "emails": "b@exemple.fr\nc@exemple.fr"})
    assert again.status_code == 422
    assert len(mail.outbox) == 3
    wrong = client.post(invite, {"group": "users", "emails": "pas une adresse\nd@exemple.fr"})
    assert (wrong.status_code, len(mail.outbox)) == (422, 3)
    for data in (
        {},
        {"group": "peers", "emails": "e@exemple.fr"},
        {"group": "x", "emails": "\x00"},
    ):
        assert client.post(invite, data).status_code == 422
    many = "\n".join(f"p{number}@exemple.fr" for number in range(21))
    assert client.post(invite, {"group": "users", "emails": many}).status_code == 422
    assert len(mail.outbox) == 3


def test_who_has_finished_is_not_told(shared):
    client, url = logged_in(shared.owner), space_url(shared.evaluation)
    asked(shared.evaluation, "lea@exemple.fr")
    before = _without_tokens(client.get(url).text)
    Invitation.objects.update(answered_at=timezone.now())
    assert _without_tokens(client.get(url).text) == before


def _without_tokens(text):
    return re.sub(r'(name="csrfmiddlewaretoken"\s+value=")[^"]*', r"\1", text)


@pytest.mark.parametrize(
    ("users", "partners", "total", "told"),
    [(2, 0, None, {}), (3, 0, 3, {"users": 3}), (3, 1, 4, {}), (3, 3, 6, {"users": 3})],
)
def test_groups_are_counted_from_three_on_and_not_told_by_subtraction(
    shared, users, partners, total, told
):
    for group, number in ((InvitedGroup.USERS, users), (InvitedGroup.PARTNERS, partners)):
        for _time in range(number):
            answered(shared.evaluation, 1, group=group)
    asked(shared.evaluation)
    found = tally(shared.evaluation)
    assert found.finished == total
    labels = {str(InvitedGroup(group).label): count for group, count in told.items()}
    if partners == 3:
        labels[str(InvitedGroup.PARTNERS.label)] = 3
    seen = {one.label: one.finished for one in found.groups if one.finished is not None}
    assert seen == labels


def test_nothing_is_read_before_the_gathering_is_over(shared):
    for _time in range(4):
        answered(shared.evaluation, 0, comment=SECRET)
    client = logged_in(shared.owner)
    for name in NAMES:
        if name in ("share", "postpone", "unshare", "invite", "without"):
            continue
        page = client.get(space_url(shared.evaluation, name), follow=True)
        assert SECRET not in page.text


def test_what_three_said_is_shown_with_its_divergence_and_two_are_not(shared):
    save_answer(shared.evaluation, KEY, Given(3), base=0, user=None)
    for value in (0, 1, 1):
        answered(shared.evaluation, value, comment=SECRET)
    for _time in range(2):
        answered(shared.evaluation, True, key="gouv-comptes", comment="À deux")
    client = logged_in(shared.contributor)
    done = logged_in(shared.owner).post(space_url(shared.evaluation, "gather"))
    assert done.url == space_url(shared.evaluation, "crossed")
    page = client.get(done.url)
    assert page.text.count(SECRET) == 3
    assert "À deux" not in page.text
    assert "Premiers pas" in page.text.split('id="ecarts"')[1].split("</section>")[0]
    assert page["Cache-Control"] == "no-store, private"


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.lists(
        st.tuples(st.sampled_from(["users", "employees", "partners"]), st.integers(0, 3)),
        max_size=7,
    )
)
def test_what_fewer_than_three_said_is_never_in_a_page(shared, guests):
    """Each answers one question of its own kind: pages hold what three at least said, or none."""
    with transaction.atomic():
        for number, (group, value) in enumerate(guests):
            answered(shared.evaluation, value, group=group, comment=f"{SECRET}-{number}")
            one = Invitation.objects.latest("pk")
            GuestAnswer.objects.create(
                invitation=one, key="emploi-recit", value=f"{SECRET}-texte-{number}"
            )
        closed(shared.evaluation)
        client = logged_in(shared.owner)
        pages = [client.get(space_url(shared.evaluation, name)).text for name in sorted(READ)]
        text = "".join(pages)
        assert f"{SECRET}-texte" not in text
        if len(guests) < 3:
            assert SECRET not in text
            assert "spread-bar" not in text
        counted = {group for group, _value in guests if group in _shown_groups(guests)}
        crossed = client.get(space_url(shared.evaluation, "crossed")).text
        for group in ("users", "employees", "partners"):
            label = str(InvitedGroup(group).label)
            assert (_bars_of(label) in " ".join(crossed.split())) == (group in counted)
        transaction.set_rollback(True)
    shared.evaluation.gathered_at = None


def _bars_of(label):
    return f'<p class="muted"> {label} <span class="muted">('


def _shown_groups(guests):
    counts = {group: [one for one, _value in guests].count(group) for group, _value in guests}
    shown = {group for group, count in counts.items() if count >= 3}
    rest = len(guests) - sum(counts[group] for group in shown)
    return set() if 0 < rest < 3 else shown


def test_pages_take_the_same_queries_however_many_answered(shared, django_assert_num_queries):
    for _time in range(3):
        answered(shared.evaluation, 1, comment="Bien.")
    closed(shared.evaluation)
    client = logged_in(shared.owner)
    for name in ("gathering", "crossed", "meeting"):
        url = space_url(shared.evaluation, name)
        client.get(url)
        with CaptureQueriesContext(connection) as first:
            client.get(url)
        added = [answered(shared.evaluation, 2, comment="Bien.") for _time in range(5)]
        with django_assert_num_queries(len(first)):
            client.get(url)
        for one in added:
            one.delete()


def test_the_list_of_people_asked_takes_the_same_queries(shared, django_assert_num_queries):
    asked(shared.evaluation)
    client, url = logged_in(shared.owner), space_url(shared.evaluation)
    client.get(url)
    with CaptureQueriesContext(connection) as first:
        client.get(url)
    for _time in range(5):
        asked(shared.evaluation)
    with django_assert_num_queries(len(first)):
        client.get(url)


def test_peers_are_proposed_found_paged_and_asked_once(shared, territories, monkeypatch):
    monkeypatch.setattr(peers_page, "ON_A_PAGE", 1)
    good = peer_of(territories)
    peer_of(territories, title="Antenne", parent_structure=shared.page)
    client, url = logged_in(shared.owner), space_url(shared.evaluation, "peers")
    assert "Fournil" not in client.get(url).text
    assert "Fournil" in client.get(url, {"page": "2"}).text
    for words in ("fournil", "FOURNIL valence", "x" * 5000, "\x00", "%", "'", "page=é"):
        assert client.get(url, {"q": words, "page": "x"}).status_code == 200
    assert client.post(url, {"peer": good.page.pk}).status_code == 302
    client.post(url, {"peer": good.page.pk})
    assert len(mail.outbox) == 1
    for typed in ("", "x", "0", "9" * 40, "-1", str(shared.page.get_parent().pk)):
        assert client.post(url, {"peer": typed}).status_code == 404
    client.post(url, {"peer": shared.page.pk})
    assert Invitation.objects.count() == 1


def test_peers_are_listed_in_a_constant_number_of_queries(
    shared, territories, django_assert_num_queries
):
    peer_of(territories)
    client, url = logged_in(shared.owner), space_url(shared.evaluation, "peers")
    client.get(url)
    with CaptureQueriesContext(connection) as first:
        client.get(url)
    for number in range(4):
        peer_of(territories, title=f"Pair {number}")
    with django_assert_num_queries(len(first)):
        assert client.get(url).text.count('name="peer"') == 5


def test_a_peer_is_shown_by_name(shared, territories):
    peer = peer_of(territories)
    invitation = inviting.invite_peer(shared.evaluation, peer=peer.page, user=shared.owner)
    save_answer(shared.evaluation, KEY, Given(0), base=0, user=None)
    GuestAnswer.objects.create(invitation=invitation, key=KEY, value=3, comment="Vu sur place.")
    Invitation.objects.update(answered_at=timezone.now())
    closed(shared.evaluation)
    page = logged_in(shared.owner).get(space_url(shared.evaluation, "crossed")).text
    assert "Le Fournil de Valence" in page
    assert "Vu sur place." in page


def test_forms_of_the_space_carry_a_token(shared):
    client = Client(enforce_csrf_checks=True)
    client.force_login(shared.owner)
    for name in ("share", "invite", "gather", "peers", "meeting", "external"):
        assert client.post(space_url(shared.evaluation, name)).status_code == 403
