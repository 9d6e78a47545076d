"""Digests: each new listing once to each subscriber, whatever happens meanwhile."""

from __future__ import annotations

import datetime
import smtplib
from io import StringIO

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from bdis_cms.models import InitiativePage
from bdis_search.backends.base import EngineUnavailable
from bdis_search.engine import get_engine
from bdis_search.models import DigestRun, Promotion, SavedSearch
from bdis_search.models.saved import MOST_FAILURES
from bdis_search.outbox import rebuild_index
from bdis_search.saved import digests, matching, sending, subscribing
from bdis_search.saved.digests import digest_of
from bdis_search.saved.known import pack, unpack
from bdis_search.saved.sending import send_digests
from bdis_search.saved.tokens import link_token
from tests.factories import FamilyFactory, InitiativePageFactory, SavedSearchFactory


@pytest.fixture
def directory(site_tree, territories, engine):
    """Three AMAP in Die; what is published then is indexed at the next ``publish``."""
    amap = FamilyFactory(code="amap", label_fr="AMAP")

    def publish(title, commune=territories.die, **facts):
        page = InitiativePageFactory(
            title=title, commune=commune, families=facts.pop("families", [amap]), **facts
        )
        rebuild_index()
        return page

    for number in range(3):
        publish(f"Panier {number}")
    publish.amap = amap
    return publish


@pytest.fixture
def follower(directory):
    """Somebody who confirmed and follows the AMAP; what there was is known."""
    saved = SavedSearchFactory(waiting=True, search="family=amap", words="AMAP")
    subscribing.confirm(saved)
    return saved


def make_due(saved=None):
    SavedSearch.objects.update(next_on=timezone.localdate())
    if saved:
        saved.refresh_from_db()


def told():
    """Return how many times each address was told of each title."""
    found = {}
    for message in mail.outbox:
        for line in message.body.splitlines():
            if line.startswith(("Neuve", "Panier")):
                key = (message.to[0], line)
                found[key] = found.get(key, 0) + 1
    return found


class Mailbox(EmailBackend):
    """A mail server that takes mails and does what ``acts`` says to each address."""

    acts: dict = {}
    opened = None

    def open(self):
        if Mailbox.opened:
            raise Mailbox.opened

    def send_messages(self, messages):
        act = Mailbox.acts.get(messages[0].to[0])
        if act and act[0] == "before":
            raise act[1]
        super().send_messages(messages)
        if act and act[0] == "after":
            raise act[1]
        return 1


@pytest.fixture
def mailbox(settings):
    settings.EMAIL_BACKEND = f"{__name__}.Mailbox"
    Mailbox.acts, Mailbox.opened = {}, None
    yield Mailbox
    Mailbox.acts, Mailbox.opened = {}, None


@given(st.sets(st.integers(min_value=0, max_value=2**62), max_size=200))
def test_sets_of_listings_are_packed_without_loss(ids):
    assert unpack(pack(ids)) == ids


def test_a_hundred_thousand_listings_weigh_little():
    assert len(pack(range(1, 100_001))) < 2_000
    scattered = [number * 7 + number % 5 for number in range(100_000)]
    assert len(pack(scattered)) < 150_000


def test_what_was_there_is_no_news_and_what_comes_is_told_once(directory, follower):
    make_due()
    assert send_digests().nothing_new == 1
    directory("Neuve du Diois")
    make_due()
    assert send_digests().sent == 1
    make_due()
    assert send_digests().nothing_new == 1
    assert told() == {(follower.email, "Neuve du Diois"): 1}


def test_a_listing_that_comes_to_match_is_news_too(directory, follower):
    page = directory("Neuve ailleurs", families=[])
    make_due()
    assert send_digests().sent == 0
    page.families = [directory.amap]
    page.save_revision().publish()
    rebuild_index()
    make_due()
    assert send_digests().sent == 1
    assert told() == {(follower.email, "Neuve ailleurs"): 1}


def test_a_listing_edited_or_hidden_and_shown_again_is_no_news(directory, follower):
    page = InitiativePage.objects.first()
    InitiativePage.objects.filter(pk=page.pk).update(suspended_at=timezone.now())
    rebuild_index()
    make_due()
    send_digests()
    InitiativePage.objects.filter(pk=page.pk).update(suspended_at=None, summary="Autre")
    rebuild_index()
    make_due()
    send_digests()
    assert mail.outbox == []


def test_the_mail_is_in_french_concrete_and_can_be_stopped_by_the_mailbox(directory, follower):
    directory("Neuve <b>&</b> fils", summary="Des légumes.")
    make_due()
    send_digests()
    (message,) = mail.outbox
    assert message.subject == "1 nouvelle initiative\u202f: AMAP"
    assert message.to == [follower.email]
    assert message.cc == message.bcc == []
    assert "Neuve <b>&</b> fils\nAMAP · Die (26)\nDes légumes." in message.body
    html = message.alternatives[0][0]
    assert "Neuve &lt;b&gt;&amp;&lt;/b&gt; fils" in html
    assert "<img" not in html
    assert "http://127.0.0.1:8000/regions/auvergne-rhone-alpes/" in html
    headers = message.message()
    stop = headers["List-Unsubscribe"].replace("\n", "").replace(" ", "")
    assert stop.startswith("<http://127.0.0.1:8000/recherche/abonnement/arreter/")
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert stop.strip("<>") in message.body


def test_a_subscriber_is_written_to_in_their_language(directory, follower):
    SavedSearch.objects.update(language="en")
    directory("Neuve")
    make_due()
    send_digests()
    assert mail.outbox[0].subject == "1 new initiative: AMAP"
    assert 'lang="en"' in mail.outbox[0].alternatives[0][0]


def test_many_new_listings_make_one_mail_that_leads_to_the_others(directory, follower, monkeypatch):
    monkeypatch.setattr(digests, "SHOWN", 2)
    for number in range(5):
        directory(f"Neuve {number}")
    make_due()
    send_digests()
    (message,) = mail.outbox
    assert message.subject.startswith("5 nouvelles initiatives")
    assert len(told()) == 2
    assert "Et 3 autres." in message.body
    assert "recherche/?family=amap&sort=recent" in message.body
    make_due()
    assert send_digests().sent == 0


def test_only_public_listings_are_told_and_the_others_the_day_they_show(directory, follower):
    shown, hidden = directory("Neuve visible"), directory("Neuve cachée")
    InitiativePage.objects.filter(pk=hidden.pk).update(suspended_at=timezone.now())
    make_due()
    digest = digest_of(SavedSearch.objects.get())
    assert digest.ids == (shown.pk,)
    send_digests()
    assert told() == {(follower.email, "Neuve visible"): 1}
    InitiativePage.objects.filter(pk=hidden.pk).update(suspended_at=None)
    rebuild_index()
    make_due()
    send_digests()
    assert told() == {(follower.email, "Neuve visible"): 1, (follower.email, "Neuve cachée"): 1}


def test_a_promoted_listing_that_does_not_match_is_not_told(directory, follower, territories):
    saved = SavedSearchFactory(waiting=True, search="q=panier&tel_quel=1", words="panier")
    subscribing.confirm(saved)
    other = directory("Neuve", families=[])
    Promotion.objects.create(words="panier").listings.create(page=other)
    make_due()
    send_digests()
    assert mail.outbox == []


def test_what_only_resembles_the_words_is_not_told(directory):
    saved = SavedSearchFactory(waiting=True, search="q=ressourcerie+lunaire&tel_quel=1")
    subscribing.confirm(saved)
    directory("Neuve ressourcerie")
    make_due()
    send_digests()
    assert mail.outbox == []
    directory("Neuve ressourcerie lunaire")
    make_due()
    send_digests()
    assert told() == {(saved.email, "Neuve ressourcerie lunaire"): 1}


def test_nobody_is_told_before_they_confirm_nor_before_their_day(directory, follower):
    SavedSearchFactory(waiting=True, search="family=amap")
    directory("Neuve")
    assert send_digests().sent == 0
    make_due()
    assert send_digests().sent == 1
    assert [message.to for message in mail.outbox] == [[follower.email]]


@pytest.mark.parametrize(
    ("day", "frequency", "expected"),
    [
        ((2026, 3, 3), "weekly", (2026, 3, 10)),
        ((2026, 3, 3), "monthly", (2026, 4, 3)),
        ((2026, 1, 31), "monthly", (2026, 2, 28)),
        ((2026, 12, 15), "monthly", (2027, 1, 15)),
    ],
)
def test_the_next_look_is_in_a_week_or_in_a_month(day, frequency, expected):
    assert subscribing.next_look(datetime.date(*day), frequency) == datetime.date(*expected)


def test_a_run_that_is_late_keeps_the_day_of_the_week_or_looks_in_a_week(directory, follower):
    today = timezone.localdate()
    SavedSearch.objects.update(next_on=today - datetime.timedelta(days=2))
    send_digests()
    assert SavedSearch.objects.get().next_on == today + datetime.timedelta(days=5)
    SavedSearch.objects.update(next_on=today - datetime.timedelta(days=40))
    send_digests()
    assert SavedSearch.objects.get().next_on == today + datetime.timedelta(days=7)


# Faults


def followers(count=3):
    return [
        SavedSearchFactory(email=f"p{number}@exemple.fr", search="family=amap")
        for number in range(count)
    ]


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("victim", [0, 1, 2])
def test_killed_while_sending_nothing_is_told_twice_and_the_others_are_told(
    directory, mailbox, moment, victim
):
    saved = followers()
    mailbox.acts = {saved[victim].email: (moment, KeyboardInterrupt())}
    with pytest.raises(KeyboardInterrupt):
        send_digests()
    mailbox.acts = {}
    first = told()
    assert send_digests().sent == 2 - victim
    make_due()
    assert send_digests().sent == 0
    counts = told()
    assert set(counts.values()) == {1}
    # The mail being sent when the process died is not sent again: it may have gone.
    reached = {email for email, _title in counts}
    missing = {saved[victim].email} if moment == "before" else set()
    assert reached == {one.email for one in saved} - missing
    assert all(counts[key] == count for key, count in first.items())


def test_a_mail_that_was_cut_short_is_told_to_those_who_watch(directory, mailbox, capsys):
    saved = followers(1)[0]
    mailbox.acts = {saved.email: ("before", KeyboardInterrupt())}
    with pytest.raises(KeyboardInterrupt):
        send_digests()
    SavedSearch.objects.update(sending_since=timezone.now() - datetime.timedelta(hours=2))
    assert send_digests().uncertain == 1
    assert send_digests().uncertain == 0
    assert DigestRun.objects.count() == 3


def test_killed_before_the_claim_nothing_is_lost(directory, mailbox, monkeypatch):
    followers(2)

    def killed(digest):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(sending, "digest_message", killed)
        with pytest.raises(KeyboardInterrupt):
            send_digests()
    assert send_digests().sent == 2
    assert set(told().values()) == {1}


def test_killed_before_the_mark_nothing_is_told_twice(directory, mailbox, monkeypatch):
    followers(2)

    def killed(self, **changes):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(SavedSearch, "settle", killed)
        with pytest.raises(KeyboardInterrupt):
            send_digests()
    send_digests()
    make_due()
    send_digests()
    assert set(told().values()) == {1}
    assert len(mail.outbox) == 2


def test_a_connection_lost_in_the_middle_is_as_a_kill(directory, mailbox):
    saved = followers(2)
    mailbox.acts = {saved[0].email: ("after", smtplib.SMTPServerDisconnected("lost"))}
    tally = send_digests()
    assert (tally.sent, tally.uncertain) == (1, 1)
    mailbox.acts = {}
    make_due()
    send_digests()
    assert set(told().values()) == {1}


def test_two_runs_at_once_tell_once(directory, mailbox, monkeypatch):
    followers(2)
    build = sending.digest_message
    others = []

    def and_another_run(digest):
        message = build(digest)
        if not others:
            others.append(True)
            others.append(send_digests().sent)
        return message

    monkeypatch.setattr(sending, "digest_message", and_another_run)
    send_digests()
    assert others[1] == 2
    assert set(told().values()) == {1}
    assert len(mail.outbox) == 2


def test_who_leaves_while_the_mail_is_written_gets_none(directory, mailbox, monkeypatch):
    followers(1)
    build = sending.digest_message

    def leaves(digest):
        message = build(digest)
        subscribing.forget(digest.saved)
        return message

    monkeypatch.setattr(sending, "digest_message", leaves)
    send_digests()
    assert mail.outbox == []


@pytest.mark.parametrize("code", [None, 452])
def test_an_act_while_the_mail_is_being_sent_loses_none_of_it(
    directory, mailbox, monkeypatch, code
):
    saved = followers(1)[0]
    send = sending._Postman.send

    def acted(postman, message):
        SavedSearch.objects.get().take_turn(frequency="monthly")
        send(postman, message)

    monkeypatch.setattr(sending._Postman, "send", acted)
    if code:
        mailbox.acts = {saved.email: ("before", refused(saved, code))}
    send_digests()
    row = SavedSearch.objects.get()
    assert (row.sending_since, row.frequency, row.sent_count) == (None, "monthly", int(not code))
    mailbox.acts = {}
    make_due()
    assert send_digests().sent == int(bool(code))
    assert set(told().values()) == {1}


def refused(saved, code):
    return smtplib.SMTPRecipientsRefused({saved.email: (code, saved.email.encode())})


def test_one_address_that_refuses_does_not_stop_the_others(directory, mailbox, caplog):
    saved = followers()
    mailbox.acts = {saved[0].email: ("before", refused(saved[0], 550))}
    tally = send_digests()
    assert (tally.sent, tally.refused, tally.error) == (2, 1, "")
    row = SavedSearch.objects.get(pk=saved[0].pk)
    assert row.failures == 1
    assert row.error == "SMTPRecipientsRefused 550"
    assert row.next_on == timezone.localdate() + datetime.timedelta(days=1)
    assert saved[0].email not in caplog.text
    # It was not told: it is when its mailbox takes mails again.
    mailbox.acts = {}
    make_due()
    assert send_digests().sent == 1
    assert set(told().values()) == {1}
    assert SavedSearch.objects.get(pk=saved[0].pk).failures == 0


def test_an_address_that_refuses_for_good_is_given_up_then_erased(directory, mailbox):
    saved = followers(1)[0]
    mailbox.acts = {saved.email: ("before", refused(saved, 550))}
    for _day in range(MOST_FAILURES + 1):
        make_due()
        send_digests()
    row = SavedSearch.objects.get()
    assert row.given_up_at
    assert row.failures == MOST_FAILURES
    SavedSearch.objects.update(given_up_at=timezone.now() - datetime.timedelta(days=31))
    send_digests()
    assert not SavedSearch.objects.exists()


def test_a_full_mailbox_is_tried_again_without_counting(directory, mailbox):
    saved = followers(1)[0]
    mailbox.acts = {saved.email: ("before", refused(saved, 452))}
    for _run in range(MOST_FAILURES + 1):
        assert send_digests().refused == 1
    assert SavedSearch.objects.get().failures == 0
    mailbox.acts = {}
    assert send_digests().sent == 1


def test_a_server_that_refuses_everybody_is_to_blame(directory, mailbox, monkeypatch):
    monkeypatch.setattr(sending, "_REFUSED_IN_A_ROW", 2)
    saved = followers(4)
    mailbox.acts = {one.email: ("before", refused(one, 554)) for one in saved}
    tally = send_digests()
    assert tally.refused == 2
    assert "in a row" in tally.error
    assert SavedSearch.objects.filter(failures=0).count() == 2


def test_a_mail_server_that_is_away_loses_nothing(directory, mailbox):
    followers(2)
    mailbox.opened = ConnectionRefusedError("no one")
    with pytest.raises(CommandError, match="MailServerAway"):
        call_command("send_digests", verbosity=0)
    assert mail.outbox == []
    mailbox.opened = None
    assert send_digests().sent == 2
    assert set(told().values()) == {1}


def test_a_refused_sender_ends_the_run_and_loses_nothing(directory, mailbox):
    saved = followers(2)
    refusal = smtplib.SMTPSenderRefused(550, b"no", "bdis@localhost")
    mailbox.acts = {one.email: ("before", refusal) for one in saved}
    assert "SMTPSenderRefused" in send_digests().error
    mailbox.acts = {}
    assert send_digests().sent == 2


def test_an_engine_that_is_away_loses_nothing(directory, follower, monkeypatch):
    directory("Neuve")
    make_due()

    def away(self, query):
        raise EngineUnavailable("away")

    with monkeypatch.context() as patch:
        patch.setattr(type(get_engine()), "search", away)
        with pytest.raises(CommandError, match="EngineUnavailable"):
            call_command("send_digests", verbosity=0)
        assert DigestRun.objects.get().error
    assert mail.outbox == []
    send_digests()
    assert told() == {(follower.email, "Neuve"): 1}


def test_confirmed_while_the_engine_was_away_the_stock_is_no_news(directory, monkeypatch):
    past = timezone.now() - datetime.timedelta(days=1)
    InitiativePage.objects.update(first_published_at=past)
    saved = SavedSearchFactory(waiting=True, search="family=amap")

    def away(self, query):
        raise EngineUnavailable("away")

    with monkeypatch.context() as patch:
        patch.setattr(type(get_engine()), "search", away)
        subscribing.confirm(saved)
    assert saved.known is None
    directory("Neuve", first_published_at=timezone.now())
    make_due()
    assert send_digests().sent == 1
    assert told() == {(saved.email, "Neuve"): 1}


def test_a_search_of_which_a_part_is_gone_tells_nothing_rather_than_everything(directory):
    saved = SavedSearchFactory(search="family=disparue", words="Disparue")
    tally = send_digests()
    assert (tally.sent, tally.not_understood) == (0, 1)
    assert SavedSearch.objects.get(pk=saved.pk).next_on > timezone.localdate()


def test_a_search_by_a_facet_that_is_registered_no_more_tells_nothing(directory, client):
    saved = SavedSearchFactory(search="decade=2020", words="années 2020")
    tally = send_digests()
    assert (tally.sent, tally.not_understood) == (0, 1)
    with pytest.raises(matching.NotUnderstood):
        matching.matching(saved.search)
    link = reverse("bdis_search:follow_manage", args=[link_token(saved, "manage")])
    assert client.get(link).context["is_broken"]


def test_every_page_of_a_wide_search_is_read(directory, monkeypatch):
    monkeypatch.setattr(matching, "_PAGE", 2)
    monkeypatch.setattr(matching, "_CHUNK", 2)
    for number in range(4):
        directory(f"Neuve {number}")
    found = matching.matching("family=amap")
    assert set(found) == set(InitiativePage.objects.values_list("pk", flat=True))
    assert matching.public_of(found) == list(found)
    with pytest.raises(matching.TooMany):
        matching.matching("family=amap", most=3)


def test_a_search_followed_by_many_is_read_once(
    directory, monkeypatch, django_assert_max_num_queries
):
    for number in range(30):
        SavedSearchFactory(email=f"p{number}@exemple.fr", search="family=amap")
    SavedSearch.objects.update(known=pack(InitiativePage.objects.values_list("pk", flat=True)))
    asked = []
    search = type(get_engine()).search

    def counted(self, query):
        asked.append(query)
        return search(self, query)

    monkeypatch.setattr(type(get_engine()), "search", counted)
    with django_assert_max_num_queries(60):
        assert send_digests().nothing_new == 30
    assert len(asked) == 1


def test_a_rehearsal_writes_and_sends_nothing(directory, mailbox):
    saved = followers(2)
    before = list(SavedSearch.objects.values())
    out = StringIO()
    call_command("send_digests", "--dry-run", stdout=out)
    assert "2 e-mails would be sent (6 listings)" in out.getvalue()
    assert not any(one.email in out.getvalue() for one in saved)
    assert mail.outbox == []
    assert list(SavedSearch.objects.values()) == before
    assert not DigestRun.objects.exists()


def test_the_command_tells_counts_and_no_address(directory, mailbox):
    saved = followers(2)
    out, err = StringIO(), StringIO()
    mailbox.acts = {saved[0].email: ("before", refused(saved[0], 550))}
    call_command("send_digests", "--no-progress", verbosity=2, stdout=out, stderr=err)
    told = out.getvalue() + err.getvalue()
    assert "1 e-mails sent (3 listings)" in told
    assert "1 e-mails were refused" in told
    assert "@" not in told
    run = DigestRun.objects.get()
    assert (run.sent, run.refused, run.error) == (1, 1, "")
    assert run.ended_at


def test_asked_to_stop_it_ends_between_two_mails(directory, mailbox):
    followers(3)
    tally = send_digests(stop=lambda: len(mail.outbox) == 1)
    assert tally.error == "stopped"
    assert tally.sent == 1
    assert send_digests().sent == 2
    assert set(told().values()) == {1}


def test_words_with_line_breaks_make_no_header(directory):
    SavedSearchFactory(search="family=amap", words="AMAP\r\nBcc: tous@exemple.fr " + "x" * 250)
    send_digests()
    (message,) = mail.outbox
    assert "\n" not in message.subject
    assert len(message.subject) <= 120
    assert message.recipients() == message.to
