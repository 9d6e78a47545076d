"""Following a search by e-mail: the form, the confirmation, the links."""

from __future__ import annotations

import datetime
import re

import pytest
from django.core import mail
from django.core.cache import cache
from django.http import HttpRequest
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from bdis_cms.throttling import allowed, client_of
from bdis_search.backends.base import EngineUnavailable
from bdis_search.engine import get_engine
from bdis_search.models import SavedSearch
from bdis_search.outbox import rebuild_index
from bdis_search.saved import forms, subscribing, tokens
from bdis_search.saved.criteria import CannotFollow, criteria_of, page_of
from tests.factories import FamilyFactory, InitiativePageFactory, SavedSearchFactory

FORM = "/recherche/abonnement/"
SENT = "/recherche/abonnement/demande/"


@pytest.fixture(autouse=True)
def _no_count_of_other_tests():
    cache.clear()


@pytest.fixture
def directory(site_tree, territories, engine):
    amap = FamilyFactory(code="amap", label_fr="AMAP")
    InitiativePageFactory(title="Panier", commune=territories.die, families=[amap])
    rebuild_index()


@pytest.fixture
def unhurried(monkeypatch):
    """Forms may be sent at once."""
    monkeypatch.setattr(forms, "_FASTEST", datetime.timedelta(seconds=-1))


def ask(client, address=FORM, email="camille@exemple.fr", **values):
    html = client.get(address).content.decode()
    stamp = re.search(r'name="stamp" value="([^"]*)"', html)[1]
    form = {"email": email, "frequency": "weekly", "stamp": stamp, "website": ""}
    return client.post(address, form | values)


def link_in(message, name):
    return re.search(rf"http://127.0.0.1:8000(/recherche/abonnement/{name}/\S+)", message.body)[1]


def test_from_the_form_to_the_confirmation(client, directory, unhurried):
    address = f"{FORM}?family=amap&ou=Die&page=2&sort=name"
    html = client.get(address).content.decode()
    assert "AMAP · à moins de 20 km de Die (26)" in html
    answer = ask(client, address)
    assert (answer.status_code, answer.url) == (302, SENT)
    saved = SavedSearch.objects.get()
    assert (saved.search, saved.frequency) == ("ou=Die&family=amap", "weekly")
    assert not saved.is_confirmed
    (message,) = mail.outbox
    assert message.subject.startswith("Confirmez votre abonnement – ")
    assert "AMAP · à moins de 20 km de Die (26)" in message.body
    assert "AMAP" not in message.subject  # whoever typed it may not be who reads it
    assert "List-Unsubscribe" not in message.message()

    link = link_in(message, "confirmer")
    page = client.get(link)
    assert page.status_code == 200
    assert not SavedSearch.objects.get().is_confirmed  # scanners open links
    client.head(link)
    assert not SavedSearch.objects.get().is_confirmed
    assert "C’est confirmé" in client.post(link).content.decode()
    saved.refresh_from_db()
    assert saved.is_confirmed
    assert saved.known is not None
    assert saved.next_on == timezone.localdate() + datetime.timedelta(days=7)
    confirmed_at = saved.confirmed_at
    client.post(link)
    saved.refresh_from_db()
    assert saved.confirmed_at == confirmed_at
    assert len(mail.outbox) == 1


@pytest.mark.parametrize(
    "words", ["gagnez sur https://exemple.org/x", "exemple.org", "moi@exemple", "www.gain"]
)
def test_words_that_hold_an_address_are_not_written_to_mailboxes(client, directory, words):
    answer = client.get(FORM, {"q": words}).content.decode()
    assert "Ces mots contiennent une adresse" in answer
    assert 'name="email"' not in answer


def test_words_with_dots_can_be_followed(client, directory):
    assert (
        'name="email"' in client.get(FORM, {"q": "S.C.I.C. d’habitat, St. Denis"}).content.decode()
    )


def test_mails_of_an_hour_are_bounded_whoever_asks(client, directory, unhurried, monkeypatch):
    monkeypatch.setattr(subscribing, "_MOST_MAILS_AN_HOUR", 2)
    answers = [ask(client, email=f"qui{n}@exemple.fr").status_code for n in range(3)]
    assert answers == [302, 302, 503]
    assert len(mail.outbox) == 2
    assert SavedSearch.objects.count() == 2


def test_pages_of_followers_set_no_cookie_and_stay_private(client, directory):
    saved = SavedSearchFactory()
    for address in (
        FORM,
        reverse("bdis_search:follow_confirm", args=[tokens.confirm_token(saved)]),
        reverse("bdis_search:follow_manage", args=[tokens.link_token(saved, "manage")]),
        reverse("bdis_search:follow_stop", args=[tokens.link_token(saved, "stop")]),
    ):
        response = client.get(address)
        assert response.status_code == 200
        assert response.cookies == {}
        assert "no-store" in response["Cache-Control"]
        assert response["Referrer-Policy"] == "no-referrer"
        assert "noindex" in response["X-Robots-Tag"]
        assert "unsafe-inline" not in response["Content-Security-Policy"]
        assert client.put(address).status_code == 405


def test_the_answer_does_not_tell_whether_an_address_is_known(client, directory, unhurried):
    known = SavedSearchFactory(email="connue@exemple.fr")
    SavedSearch.objects.update(asked_at=timezone.now() - datetime.timedelta(days=30))
    answers = [ask(client, email=email) for email in ("inconnue@exemple.fr", "connue@exemple.fr")]
    assert len({(one.status_code, one.url, one.content) for one in answers}) == 1
    known.refresh_from_db()
    assert known.frequency == "weekly"
    assert [message.to[0] for message in mail.outbox] == [
        "inconnue@exemple.fr",
        "connue@exemple.fr",
    ]
    assert mail.outbox[1].subject.startswith("Vous suivez déjà")
    assert "/confirmer/" not in mail.outbox[1].body


def test_who_asks_again_for_another_changes_nothing_of_theirs(client, directory, unhurried):
    saved = SavedSearchFactory(email="Connue@exemple.fr")
    SavedSearch.objects.update(asked_at=timezone.now() - datetime.timedelta(days=30))
    before = SavedSearch.objects.values("frequency", "next_on", "confirmed_at", "words").get()
    ask(client, email="connue@exemple.fr", frequency="monthly")
    assert (
        SavedSearch.objects.values("frequency", "next_on", "confirmed_at", "words").get() == before
    )
    assert SavedSearch.objects.get().pk == saved.pk


def test_an_address_gets_few_mails_whoever_types_it(client, directory, unhurried):
    for number in range(6):
        answer = ask(client, f"{FORM}?q=mot{number}", email="victime@exemple.fr")
        assert answer.url == SENT
    assert len(mail.outbox) == subscribing.MOST_MAILS_A_DAY
    ask(client, f"{FORM}?q=mot0", email="autre@exemple.fr")
    ask(client, f"{FORM}?q=mot0", email="autre@exemple.fr")
    assert len(mail.outbox) == subscribing.MOST_MAILS_A_DAY + 1


@pytest.mark.parametrize("stops", [False, True])
def test_an_address_gets_few_mails_a_day_however_often_a_search_is_asked(
    directory, monkeypatch, stops
):
    now = start = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)
    monkeypatch.setattr("time.time", lambda: now.timestamp())
    criteria = criteria_of(RequestFactory().get("/?q=panier"))
    sent = []
    while now < start + datetime.timedelta(days=3):
        before = len(mail.outbox)
        subscribing.ask(criteria, email="victime@exemple.fr", frequency="weekly", language="fr")
        sent += [now] * (len(mail.outbox) - before)
        if stops:
            subscribing.forget_address("victime@exemple.fr")
        now += datetime.timedelta(minutes=11)
    days = [sum(0 <= (one - first).total_seconds() < 86_400 for one in sent) for first in sent]
    assert max(days) <= subscribing.MOST_MAILS_A_DAY
    assert now - sent[-1] < datetime.timedelta(days=1, minutes=22)  # a day later, it is sent again


def test_the_same_request_made_twice_at_once_is_one_mail(directory, monkeypatch):
    criteria = criteria_of(RequestFactory().get("/?q=panier"))
    how = {"email": "camille@exemple.fr", "frequency": "weekly", "language": "fr"}
    subscribing.ask(criteria, **how)
    SavedSearch.objects.update(asked_at=timezone.now() - datetime.timedelta(days=2))
    for seen in (None, SavedSearch.objects.get()):
        SavedSearch.objects.update(turn=5)
        monkeypatch.setattr(subscribing, "_same", lambda *args, seen=seen: seen)
        subscribing.ask(criteria, **how)
    assert len(mail.outbox) == 1


def test_a_mail_that_could_not_go_does_not_count(directory, monkeypatch):
    criteria = criteria_of(RequestFactory().get("/?q=panier"))
    how = {"email": "camille@exemple.fr", "frequency": "weekly", "language": "fr"}
    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.EmailMultiAlternatives.send", lambda self: 1 / 0)
        for _attempt in range(5):
            with pytest.raises(subscribing.MailNotSent):
                subscribing.ask(criteria, **how)
    subscribing.ask(criteria, **how)
    assert len(mail.outbox) == 1


def test_a_network_sends_few_forms_in_an_hour(client, directory, unhurried):
    answers = [
        ask(client, email=f"personne{number}@exemple.fr").status_code for number in range(12)
    ]
    assert answers == [302] * 10 + [429] * 2
    assert len(mail.outbox) == 10
    other = client.post(
        FORM,
        {"email": "a@exemple.fr", "frequency": "weekly", "stamp": forms.FollowForm.new_stamp()},
        REMOTE_ADDR="203.0.113.9",
    )
    assert other.status_code == 302


def test_programs_are_told_nothing(client, directory, unhurried):
    answer = ask(client, website="http://spam.example")
    assert (answer.status_code, answer.url) == (302, SENT)
    assert mail.outbox == []
    assert not SavedSearch.objects.exists()


@pytest.mark.parametrize("stamp", ["", "forged", "x:y:z", ":1:abc"])
def test_a_form_without_its_own_stamp_is_shown_again(client, directory, unhurried, stamp):
    answer = ask(client, stamp=stamp)
    assert answer.status_code == 200
    assert "Veuillez envoyer le formulaire de nouveau" in answer.content.decode()
    assert "camille@exemple.fr" in answer.content.decode()
    assert mail.outbox == []


def test_a_form_sent_too_fast_is_shown_again(client, directory):
    assert "C’était très rapide" in ask(client).content.decode()
    assert mail.outbox == []


@pytest.mark.parametrize(
    "email",
    [
        "",
        "camille",
        "a@b",
        "a@exemple.fr\nBcc: b@exemple.fr",
        "a@exemple.fr, b@exemple.fr",
        "x" * 300,
    ],
)
def test_what_is_no_address_is_said_beside_the_field(client, directory, unhurried, email):
    html = ask(client, email=email).content.decode()
    assert 'aria-invalid="true"' in html
    assert 'href="#id_email"' in html
    assert mail.outbox == []


def test_a_mail_that_cannot_go_is_said_and_nothing_is_kept(
    client, directory, unhurried, monkeypatch, caplog
):
    def refuse(self, messages):
        raise OSError("camille@exemple.fr: no")

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
    answer = ask(client)
    assert answer.status_code == 503
    assert not SavedSearch.objects.exists()
    assert "camille" not in caplog.text


def test_a_confirmation_holds_seven_days(client, directory, unhurried, monkeypatch):
    ask(client)
    link = link_in(mail.outbox[0], "confirmer")
    later = timezone.now() + datetime.timedelta(days=7, minutes=1)
    monkeypatch.setattr("time.time", later.timestamp)
    assert client.get(link).status_code == client.post(link).status_code == 404
    assert not SavedSearch.objects.get().is_confirmed


def test_addresses_not_confirmed_in_time_are_erased(directory):
    old = timezone.now() - datetime.timedelta(days=7, minutes=1)
    SavedSearchFactory(waiting=True, email="vieille@exemple.fr", asked_at=old)
    kept = [
        SavedSearchFactory(waiting=True, email="recente@exemple.fr"),
        SavedSearchFactory(email="confirmee@exemple.fr", asked_at=old),
    ]
    subscribing.purge()
    assert list(SavedSearch.objects.all()) == kept


def test_links_of_one_purpose_do_not_serve_for_another(client, directory):
    saved = SavedSearchFactory(waiting=True)
    signed = {
        "follow_confirm": tokens.confirm_token(saved),
        "follow_manage": tokens.link_token(saved, "manage"),
        "follow_stop": tokens.link_token(saved, "stop"),
    }
    for view in signed:
        for purpose, token in signed.items():
            expected = 200 if purpose == view else 404
            assert client.get(reverse(f"bdis_search:{view}", args=[token])).status_code == expected
    forged = f"{saved.key.hex}.{'A' * 43}"
    for token in (forged, saved.key.hex, "x", "é", "." * 50):
        for view in signed:
            address = reverse(f"bdis_search:{view}", args=[token])
            assert client.get(address).status_code == 404
            client.post(address)
    assert not SavedSearch.objects.get().is_confirmed


def test_a_mailbox_stops_by_a_post_alone_and_again_without_error(directory):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    saved = SavedSearchFactory()
    link = reverse("bdis_search:follow_stop", args=[tokens.link_token(saved, "stop")])
    assert client.get(link).status_code == 200
    assert client.head(link).status_code == 200
    assert SavedSearch.objects.exists()
    for _time in range(2):
        answer = client.post(link, {"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
    assert not SavedSearch.objects.exists()
    assert client.get(link).status_code == 404


def test_a_follower_changes_how_often_and_stops(client, directory):
    saved = SavedSearchFactory(search="family=amap", words="AMAP")
    link = reverse("bdis_search:follow_manage", args=[tokens.link_token(saved, "manage")])
    html = client.get(link).content.decode()
    assert "AMAP" in html
    assert "recherche/?family=amap&amp;sort=recent" in html
    answer = client.post(link, {"frequency": "monthly"}, follow=True)
    assert "C’est noté" in answer.content.decode()
    saved.refresh_from_db()
    assert saved.frequency == "monthly"
    assert saved.next_on > timezone.localdate() + datetime.timedelta(days=20)
    assert client.post(link, {"frequency": "hourly"}).status_code == 200
    assert "C’est terminé" in client.post(link, {"act": "delete"}).content.decode()
    assert not SavedSearch.objects.exists()


def test_changing_how_often_confirms_nothing(client, directory):
    saved = SavedSearchFactory(waiting=True)
    link = reverse("bdis_search:follow_manage", args=[tokens.link_token(saved, "manage")])
    client.post(link, {"frequency": "monthly"})
    saved.refresh_from_db()
    assert (saved.is_confirmed, saved.next_on) == (False, None)


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("ou=Xqwzyville", "aucun lieu nommé"),
        ("family=inconnue", "pas compris"),
        ("tag=" + "&tag=".join(f"mot-{n}" for n in range(300)), "pas compris"),
    ],
)
def test_a_search_that_is_not_understood_cannot_be_followed(client, directory, query, told):
    response = client.get(f"{FORM}?{query}")
    assert response.status_code == 200
    assert told in response.content.decode()
    assert 'name="email"' not in response.content.decode()
    assert client.post(f"{FORM}?{query}", {"email": "a@exemple.fr"}).status_code == 200
    assert not SavedSearch.objects.exists()


def test_a_position_is_never_stored(directory, territories):
    criteria = criteria_of(RequestFactory().get("/?near=44.7601,5.3811&radius=5"))
    assert "44.7" not in criteria.search
    assert page_of(criteria.search).where.name == "Die (26)"
    assert criteria.words == "à moins de 5 km de Die (26)"
    with pytest.raises(CannotFollow, match="position"):
        criteria_of(RequestFactory().get("/?near=51.5,-0.12"))


def test_the_same_search_is_the_same_however_it_was_written(directory):
    FamilyFactory(code="sel", label_fr="SEL")
    one = criteria_of(
        RequestFactory().get("/?q=panier&family=sel&family=amap&page=3&sort=name&x=y")
    )
    two = criteria_of(
        RequestFactory().get("/?geography=seat&family=amap&q=+panier+&family=sel&page_size=50")
    )
    assert one.fingerprint == two.fingerprint
    assert one.search == "q=panier&family=amap&family=sel&tel_quel=1"
    assert one.words.replace("\xa0", " ") == "« panier » · AMAP ou SEL"


def test_a_text_that_names_a_place_is_saved_as_it_was_understood(directory):
    criteria = criteria_of(RequestFactory().get("/?q=panier+à+Die"))
    assert criteria.search == "q=panier&ou=Die"


def test_the_form_opens_while_the_engine_is_away(client, directory, monkeypatch):
    def away(self, query):
        raise EngineUnavailable("away")

    monkeypatch.setattr(type(get_engine()), "search", away)
    assert client.get(f"{FORM}?q=panier+à+Die").status_code == 200


def test_the_host_of_a_request_is_in_no_mail(client, directory, unhurried):
    html = client.get(FORM, headers={"Host": "pirate.example"}).content.decode()
    stamp = re.search(r'name="stamp" value="([^"]*)"', html)[1]
    form = {"email": "a@exemple.fr", "frequency": "weekly", "stamp": stamp}
    client.post(FORM, form, headers={"Host": "pirate.example"})
    assert "pirate" not in mail.outbox[0].message().as_string()


@pytest.mark.parametrize(
    ("peer", "forwarded", "expected"),
    [
        ("203.0.113.5", "", "203.0.113.5"),
        ("203.0.113.5", "198.51.100.1", "203.0.113.5"),
        ("127.0.0.1", "6.6.6.6, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.2", "198.51.100.1", "198.51.100.1"),
        ("", "2a01:db8:1:2:3:4:5:6", "2a01:db8:1:2::/64"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "nonsense", "unknown"),
    ],
)
def test_a_visitor_is_known_by_what_the_proxy_saw(peer, forwarded, expected):
    request = HttpRequest()
    request.META = {"REMOTE_ADDR": peer, "HTTP_X_FORWARDED_FOR": forwarded}
    assert client_of(request) == expected


def test_the_cache_knows_nobody():
    assert [allowed("essai", "203.0.113.5", 2, 60) for _ in range(3)] == [True, True, False]
    assert allowed("autre", "203.0.113.5", 2, 60)
    assert not any("203.0.113.5" in key for key in cache._cache)


def test_an_address_is_erased_on_demand(directory):
    SavedSearchFactory(email="Camille@exemple.fr")
    SavedSearchFactory(email="camille@exemple.fr", search="q=vélo")
    SavedSearchFactory(email="autre@exemple.fr")
    assert subscribing.forget_address(" camille@EXEMPLE.fr ") == 2
    assert [saved.email for saved in SavedSearch.objects.all()] == ["autre@exemple.fr"]


def test_nothing_shown_of_a_saved_search_by_default_holds_its_address():
    saved = SavedSearchFactory.build(email="camille@exemple.fr", words="AMAP")
    assert str(saved) == "c…@exemple.fr · AMAP"
    assert "camille" not in repr(saved)
