"""A new version of the charter: who is written to, when, and what the public sees meanwhile."""

from __future__ import annotations

import datetime
import re
from smtplib import SMTPServerDisconnected

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends import locmem
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import PageLogEntry

from bdis_cms.models import InitiativeContact, InitiativePage
from bdis_cms.reminders import send_reminders
from bdis_cms.sitetree import NATIONAL_GROUP, ensure_site_tree, moderators_group_name
from bdis_evaluation.charter.campaigns import put_in_force
from bdis_evaluation.charter.certificate import certificate_of
from bdis_evaluation.charter.ledger import LinkServed, Signing, sign, withdraw
from bdis_evaluation.charter.tokens import recipient_key, signing_token
from bdis_evaluation.models import (
    CampaignListing,
    CampaignNotice,
    CharterAdhesion,
    CharterCampaign,
    NoticeMoment,
    SigningWay,
)
from bdis_search.models import IndexTask
from bdis_search.outbox import drain, rebuild_index
from tests.cms.admin_client import logged_in, member
from tests.factories import (
    ActivityFactory,
    FamilyFactory,
    InitiativeMemberFactory,
    InitiativePageFactory,
)
from tests.factories.charter import CharterVersionFactory, signed
from tests.search.leak_channels import CHANNELS
from tests.search.leaks import make
from tests.search.test_leak_matrix import leaks

START = datetime.datetime(2026, 3, 2, 9, tzinfo=datetime.UTC)
END = datetime.date(2026, 5, 31)  # 90 days of grace after March 2


@pytest.fixture
def clock():
    with time_machine.travel(START) as traveller:
        yield traveller


@pytest.fixture
def page(clock, site_tree, territories):
    page = InitiativePageFactory(title="Le Fournil", commune=territories.die)
    InitiativeMemberFactory(
        initiative=page, owner=True, user__email="nadia@exemple.fr", user__first_name="Nadia"
    )
    signed(page, version=CharterVersionFactory(number=1, in_force=True))
    return page


def second(number=2, **facts):
    """Put another version in force."""
    version = CharterVersionFactory(
        number=number, articles=[("Démocratie", "<p>Deux voix.</p>")], **facts
    )
    version.texts.update(changes="<p>La voix compte <b>double</b>.</p>")
    return put_in_force(version, user=None)


def at(clock, day: datetime.date) -> None:
    clock.move_to(datetime.datetime.combine(day, datetime.time(9), datetime.UTC))


def days(number: int) -> datetime.timedelta:
    return datetime.timedelta(days=number)


def sign_url(message) -> str:
    return re.search(r"https?://[^/\s]+(/charte/signer/\S+)", message.body)[1]


def token_of(page, campaign, to="nadia@exemple.fr"):
    return signing_token(page, campaign.version, to=to, moment=NoticeMoment.OPENING)


def form_of(response, **changes):
    hidden = response.context["form"]["text_hash"].value()
    return {
        "name": "Nadia Roux",
        "capacity": "gérante",
        "agree": "on",
        "text_hash": hidden,
    } | changes


def test_the_first_version_opens_no_campaign(clock, site_tree):
    assert put_in_force(CharterVersionFactory(), user=None) is None


def test_those_who_signed_have_until_the_end_of_grace_and_others_keep_theirs(page, territories):
    in_grace = InitiativePageFactory(commune=territories.die)
    withdrawn = InitiativePageFactory(commune=territories.die)
    signed(withdrawn)
    by = Signing(name="A", capacity="b", way=SigningWay.ONLINE)
    withdraw(withdrawn, reason="", by=by)
    before = in_grace.charter_valid_until

    campaign = second()

    assert campaign.ends_on == END
    page.refresh_from_db()
    in_grace.refresh_from_db()
    assert page.charter_valid_until == END
    assert page.is_public
    assert in_grace.charter_valid_until == before
    assert [row.initiative for row in campaign.listings.all()] == [page]
    entry = PageLogEntry.objects.filter(page=page.pk).latest("pk")
    assert entry.data == {"valid_until": END.isoformat()}


def test_each_notice_goes_once_however_often_the_command_runs(page, clock):
    second()
    told = []
    for day in (0, 1, 59, 60, 61, 83, 84, 89, 90, 91, 92, 119, 121, 140):
        at(clock, START.date() + days(day))
        for _twice in range(2):
            call_command("send_reminders", verbosity=0)
        told += [(day, message.subject) for message in mail.outbox]
        mail.outbox.clear()
    assert [day for day, _subject in told] == [0, 60, 83, 90, 91]
    assert len({subject for _day, subject in told}) == 5
    assert CampaignNotice.objects.filter(sent_at__isnull=False).count() == 5


def test_a_notice_that_was_missed_is_not_caught_up_by_another(page, clock):
    second()
    at(clock, END - days(3))
    call_command("send_reminders", verbosity=0)
    assert [notice.moment for notice in CampaignNotice.objects.all()] == [NoticeMoment.WEEK]


def test_a_short_grace_begins_with_the_opening(page):
    campaign = second(grace_days=5)
    assert campaign.moment_on(campaign.opened_on) == NoticeMoment.OPENING
    assert campaign.moment_on(campaign.ends_on) == NoticeMoment.DAY


def test_the_e_mail_says_what_changes_until_when_and_leads_to_one_button(page, clock):
    second()
    call_command("send_reminders", verbosity=0)
    (message,) = mail.outbox
    html = message.alternatives[0].content
    for text in (message.body, html):
        assert "La voix compte" in text
        assert "31 mai 2026" in text
        assert "/charte/signer/" in text
        assert "/charte/versions/2/comparer/1/" in text
    assert message.to == ["nadia@exemple.fr"]


def test_an_e_mail_that_is_refused_goes_at_the_next_run(page, monkeypatch):
    second()

    def refuse(self, messages):
        raise SMTPServerDisconnected("nadia@exemple.fr refused")

    backend = "django.core.mail.backends.locmem.EmailBackend.send_messages"
    with monkeypatch.context() as patch:
        patch.setattr(backend, refuse)
        with pytest.raises(CommandError, match="refused") as failed:
            call_command("send_reminders", verbosity=0)
    assert "nadia" not in str(failed.value)
    notice = CampaignNotice.objects.get()
    assert (notice.sent_at, notice.problem) == (None, "SMTPServerDisconnected")
    call_command("send_reminders", verbosity=0)
    assert len(mail.outbox) == 1


def test_one_address_that_is_refused_does_not_have_the_others_written_to_again(page, monkeypatch):
    InitiativeMemberFactory(initiative=page, owner=True, user__email="zoe@exemple.fr")
    second()

    class Refusing(locmem.EmailBackend):
        def send_messages(self, messages):
            if messages[0].to == ["zoe@exemple.fr"]:
                raise SMTPServerDisconnected
            return super().send_messages(messages)

    monkeypatch.setattr(locmem, "EmailBackend", Refusing)
    for _twice in range(2):
        call_command("send_reminders", verbosity=0)
    assert [message.to for message in mail.outbox] == [["nadia@exemple.fr"]]


def test_owners_are_written_to_else_contributors_else_contacts(page, territories):
    other = InitiativePageFactory(title="Autre", commune=territories.die)
    InitiativeContact.objects.create(page=other, email="bureau@exemple.fr")
    signed(other)
    helped = InitiativePageFactory(title="Aidée", commune=territories.die)
    InitiativeMemberFactory(initiative=helped, user__email="aide@exemple.fr")
    InitiativeContact.objects.create(page=helped, email="jamais@exemple.fr")
    signed(helped)
    alone = InitiativePageFactory(title="Seule", commune=territories.die)
    signed(alone)
    second()
    call_command("send_reminders", verbosity=0)
    assert sorted(message.to[0] for message in mail.outbox) == [
        "aide@exemple.fr",
        "bureau@exemple.fr",
        "nadia@exemple.fr",
    ]
    assert CampaignNotice.objects.get(initiative=alone).problem == "no_address"


def test_a_dry_run_counts_and_sends_nothing(page):
    second()
    assert send_reminders(dry_run=True).sent == 1
    assert not mail.outbox
    assert not CampaignNotice.objects.exists()


def test_the_link_signs_without_an_account_by_its_button_only(page, clock):
    second()
    call_command("send_reminders", verbosity=0)
    url = sign_url(mail.outbox[0])
    visitor = Client()
    shown = visitor.get(url)
    assert "La voix compte" in shown.content.decode()
    assert CharterAdhesion.objects.count() == 1
    assert "agree" in visitor.post(url, form_of(shown, agree="")).context["form"].errors

    done = visitor.post(url, form_of(shown), follow=True)
    adhesion = CharterAdhesion.objects.first()
    assert (adhesion.version.number, adhesion.way) == (2, SigningWay.MAIL)
    assert "Merci" in done.content.decode()
    assert "no-store" in done["Cache-Control"]
    mail.outbox.clear()
    at(clock, END - days(30))
    call_command("send_reminders", verbosity=0)
    assert not mail.outbox


def test_an_owner_who_signed_before_signs_again_in_one_click(page):
    owner = page.members.get().user
    by_owner = {"name": "Nadia Roux", "capacity": "gérante", "account": owner}
    by = Signing(name="A", capacity="b", way=SigningWay.ONLINE)
    withdraw(page, reason="", by=by)
    signed(page, **by_owner)
    campaign = second()
    url = reverse("bdis_charter:sign", args=[token_of(page, campaign)])
    client = logged_in(owner)
    html = client.get(url).content.decode()
    sent = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', html))
    client.post(url, sent)
    adhesion = CharterAdhesion.objects.first()
    assert (adhesion.signatory.name, adhesion.signatory.account) == ("Nadia Roux", owner)
    assert adhesion.version.number == 2


def test_a_link_does_not_sign_again_after_a_withdrawal(page):
    campaign = second()
    url = reverse("bdis_charter:sign", args=[token_of(page, campaign)])
    visitor = Client()
    sent = form_of(visitor.get(url))
    withdraw(page, reason="", by=Signing(name="A", capacity="b", way=SigningWay.ONLINE))
    assert visitor.get(url).status_code == 410
    assert visitor.post(url, sent).status_code == 410
    page.refresh_from_db()
    assert not page.is_public
    signed(page)
    withdraw(page, reason="", by=Signing(name="A", capacity="b", way=SigningWay.ONLINE))
    assert visitor.post(url, sent).status_code == 410
    text = campaign.version.text_in("fr")
    by = Signing(name="A", capacity="b", way=SigningWay.MAIL, statement="Oui")
    with pytest.raises(LinkServed):
        sign(page, text=text, text_hash=text.text_hash, by=by, after=0)


def test_a_link_ends_with_the_e_mails_of_its_campaign(page, clock):
    campaign = second()
    url = reverse("bdis_charter:sign", args=[token_of(page, campaign)])
    at(clock, END + days(CharterCampaign.DAYS_AFTER))
    sent = form_of(Client().get(url))
    at(clock, END + days(CharterCampaign.DAYS_AFTER + 1))
    assert Client().get(url).status_code == 410
    Client().post(url, sent)
    assert CharterAdhesion.objects.count() == 1


def test_the_evidence_tells_which_mailbox_consented_until_it_is_erased(page):
    InitiativeMemberFactory(initiative=page, owner=True, user__email="zoe@exemple.fr")
    second()
    call_command("send_reminders", verbosity=0)
    links = {message.to[0]: sign_url(message) for message in mail.outbox}
    assert len(set(links.values())) == 2
    url = links["zoe@exemple.fr"]
    Client().post(url, form_of(Client().get(url)))

    adhesion = CharterAdhesion.objects.first()
    told = adhesion.evidence
    assert told["notice"] == NoticeMoment.OPENING
    assert told["recipient"] == adhesion.signatory.sealed(recipient_key("Zoe@exemple.fr"))
    assert told["recipient"] != adhesion.signatory.sealed(recipient_key("nadia@exemple.fr"))
    assert "zoe" not in f"{told} {url}"
    adhesion.signatory.erase()
    assert told["recipient"] != adhesion.signatory.sealed(recipient_key("zoe@exemple.fr"))


def test_false_and_outdated_links_sign_nothing(page, client):
    campaign = second()
    token = token_of(page, campaign)
    assert client.get(reverse("bdis_charter:sign", args=[f"{token}x"])).status_code == 404
    url = reverse("bdis_charter:sign", args=[token])
    sent = form_of(client.get(url))
    second(number=3)
    client.post(url, sent)
    assert "n’est plus" in client.get(url).content.decode() or CharterAdhesion.objects.count() == 1
    assert CharterAdhesion.objects.count() == 1


def test_a_third_version_gives_its_own_time_to_those_still_there(page, clock):
    second()
    at(clock, END)
    third = second(number=3)
    page.refresh_from_db()
    assert page.charter_valid_until == third.ends_on
    call_command("send_reminders", verbosity=0)
    assert {notice.campaign for notice in CampaignNotice.objects.all()} == {third}


def test_who_does_not_sign_leaves_every_channel_and_comes_back_on_signing(
    clock, site_tree, territories, engine
):
    family = FamilyFactory(code="famille", label_fr="Famille")
    activity = ActivityFactory(code="activite", label_fr="Activité")
    directory = make(site_tree, territories, family, activity)
    page = InitiativePage.objects.get(pk=directory.page.pk)
    first = signed(page, version=CharterVersionFactory(number=1, in_force=True))
    text = certificate_of(first).exact_text
    rebuild_index()
    IndexTask.objects.all().delete()
    campaign = second()
    drain()

    at(clock, END)
    last_day = CHANNELS["search"]
    assert last_day.numbers(last_day.ask(Client(), directory)) == [last_day.expected + 1]

    at(clock, END + days(1))
    found = {name: leaks(channel, directory) for name, channel in CHANNELS.items()}
    assert {name: told for name, told in found.items() if told} == {}
    assert "délai" in " ".join(InitiativePage.objects.get(pk=page.pk).hidden_because())

    url = reverse("bdis_charter:sign", args=[token_of(page, campaign)])
    Client().post(url, form_of(Client().get(url)))
    drain()
    for name in ("search", "api", "map marks", "feed", "sitemap of listings"):
        channel = CHANNELS[name]
        assert set(channel.numbers(channel.ask(Client(), directory))) == {channel.expected + 1}
    assert CHANNELS["listing"].ask(Client(), directory).status_code == 200
    again = certificate_of(CharterAdhesion.objects.get(pk=first.pk))
    assert (again.exact_text, again.adhesion.text_hash) == (text, first.text_hash)


def test_the_progress_of_each_region_is_for_its_team_in_constant_queries(
    page, clock, territories, django_assert_num_queries
):
    ensure_site_tree()
    for _n in range(3):
        signed(InitiativePageFactory(commune=territories.die))
    south = InitiativePageFactory(title="Au Sud", commune=territories.avignon)
    signed(south)
    second()
    signed(south)
    national = logged_in(member("nat", NATIONAL_GROUP))
    regional = logged_in(member("mod", moderators_group_name(territories.aura)))
    url = reverse("bdis_charter_admin:campaigns")

    rows = {row.region_code: row for _name, row in national.get(url).context["progress"]}
    assert (rows["84"].asked, rows["84"].signed, rows["84"].waiting) == (4, 0, 4)
    assert (rows["93"].asked, rows["93"].signed, rows["93"].waiting) == (1, 1, 0)
    with CaptureQueriesContext(connection) as before:
        own = regional.get(url, {"state": "waiting"})
    queries = len(before)
    assert [row.region_code for _name, row in own.context["progress"]] == ["84"]
    assert "Le Fournil" in own.content.decode()
    assert "Au Sud" not in regional.get(url, {"state": "signed"}).content.decode()

    for _n in range(5):
        more = InitiativePageFactory(commune=territories.die)
        CampaignListing.objects.create(
            campaign=CharterCampaign.objects.get(), initiative=more, region_code="84"
        )
    with django_assert_num_queries(queries):
        regional.get(url, {"state": "waiting"})
    CampaignListing.objects.filter(initiative__title__startswith="Initiative").delete()

    at(clock, END + days(1))
    national = logged_in(member("nat2", NATIONAL_GROUP))
    rows = {row.region_code: row for _name, row in national.get(url).context["progress"]}
    assert (rows["84"].lapsed, rows["84"].waiting) == (1, 0)
    assert timezone.localdate() > CharterCampaign.objects.get().ends_on
