"""Signing, withdrawing, erasing: what the ledger keeps, and what the public sees of it."""

from __future__ import annotations

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse

from bdis_cms.models import OPEN_ENDED, InitiativePage
from bdis_evaluation.charter.certificate import TextAltered, certificate_of, certificate_pdf
from bdis_evaluation.charter.checking import check_ledger
from bdis_evaluation.charter.ledger import (
    AlreadySigned,
    CharterAltered,
    CharterChanged,
    NothingToWithdraw,
    SignatoryMissing,
    Signing,
    erase_signatory,
    erase_signatures_of,
    sign,
    sign_in_bulk,
    standing_adhesion,
    withdraw,
)
from bdis_evaluation.models import CharterAdhesion, CharterText, Signatory, SigningWay
from tests.cms.admin_client import logged_in
from tests.evaluation.flushing import lift, put_back
from tests.factories import InitiativeMemberFactory, InitiativePageFactory, UserFactory
from tests.factories.charter import CharterVersionFactory, signed

BY = Signing(name="Nadia Roux", capacity="gérante", way=SigningWay.ONLINE, statement="J’ai lu.")


@pytest.fixture
def page(site_tree, territories):
    return InitiativePageFactory(title="Le Fournil", commune=territories.die, never_adhered=True)


@pytest.fixture
def version(db):
    return CharterVersionFactory(number=1, in_force=True)


def test_a_signature_records_who_signed_which_text_and_opens_the_directory(page, version):
    account = UserFactory()
    adhesion = signed(page, name="  Nadia   Roux ", capacity="gérante", account=account)

    page.refresh_from_db()
    assert page.is_public
    assert page.charter_valid_until == OPEN_ENDED
    assert page.charter_ends_on is None
    assert page.charter_signed_on == adhesion.signed_on
    assert (adhesion.initiative_title, adhesion.region_code) == ("Le Fournil", "84")
    assert adhesion.text_hash == version.text_in("fr").text_hash
    assert adhesion.signatory.name == "Nadia Roux"
    assert adhesion.signatory_digest == adhesion.signatory.digest
    assert adhesion.statement


def test_a_text_that_is_not_in_force_any_more_is_not_signed(page, version):
    text = version.text_in("fr")
    with pytest.raises(CharterChanged):
        sign(page, text=text, text_hash="0" * 64, by=BY)
    CharterVersionFactory(number=2, in_force=True)
    with pytest.raises(CharterChanged):
        sign(page, text=text, text_hash=text.text_hash, by=BY)
    assert not CharterAdhesion.objects.exists()


def test_a_version_that_a_text_was_added_to_is_not_signed(page, version):
    statements = lift()
    forged = CharterText(version=version, language="en", title="X", text_hash="ab" * 32)
    CharterText.objects.bulk_create([forged])
    put_back(statements)
    for text in (forged, version.text_in("fr")):
        with pytest.raises(CharterAltered):
            sign(page, text=text, text_hash=text.text_hash, by=BY)
    assert not CharterAdhesion.objects.exists()


def test_the_same_version_is_signed_once_and_the_next_one_again(page, version):
    signed(page)
    with pytest.raises(AlreadySigned):
        signed(page)
    CharterVersionFactory(number=2, in_force=True)
    assert signed(page).version.number == 2
    assert CharterAdhesion.objects.count() == 2


@pytest.mark.parametrize("lacking", [{"name": " "}, {"capacity": ""}, {"statement": " "}])
def test_nobody_signs_without_a_name_a_capacity_and_a_commitment(page, version, lacking):
    with pytest.raises(SignatoryMissing):
        signed(page, **lacking)


def test_a_withdrawal_is_a_new_line_and_hides_the_listing_at_once(page, version):
    signed(page)
    line = withdraw(page, reason="Fermeture", by=BY)

    page.refresh_from_db()
    assert not page.is_public
    assert (page.charter_signed_on, page.charter_valid_until) == (None, None)
    assert line.withdraws == CharterAdhesion.objects.signatures().get()
    assert standing_adhesion(page) is None
    with pytest.raises(NothingToWithdraw):
        withdraw(page, reason="", by=BY)
    signed(page)
    assert InitiativePage.objects.get(pk=page.pk).is_public


def test_an_erased_signatory_leaves_the_signature_under_a_neutral_label(page, version):
    account = UserFactory()
    adhesion = signed(page, name="Nadia Roux", account=account)
    assert erase_signatures_of(account) == 1

    signatory = Signatory.objects.get()
    assert "Nadia" not in "".join(str(value) for value in vars(signatory).values())
    assert str(signatory) == "Signataire effacé"
    assert standing_adhesion(page).uuid == adhesion.uuid
    assert list(check_ledger()) == []
    certificate_pdf(certificate_of(standing_adhesion(page)))


def test_erasing_takes_all_that_the_same_person_signed_and_nobody_else(page, version):
    account, other = UserFactory(), UserFactory()
    first = signed(page, name="Nadia Roux", account=account)
    withdraw(page, reason="", by=Signing("Nadia Roux", "trésorière", SigningWay.PAPER))
    signed(page, name="Léo Faure", account=other)
    erase_signatory(first.signatory, user=other)
    assert [str(one) for one in Signatory.objects.order_by("pk")] == [
        "Signataire effacé",
        "Signataire effacé",
        "Léo Faure",
    ]


def test_a_deleted_account_or_listing_leaves_the_ledger_whole(page, version):
    account = UserFactory()
    adhesion = signed(page, account=account)
    account.delete()
    page.delete()
    line = CharterAdhesion.objects.get()
    assert str(line.signatory) == "Signataire effacé"
    assert line.initiative_title == "Le Fournil"
    assert line.uuid == adhesion.uuid
    assert list(check_ledger()) == []


def test_a_signature_of_the_first_version_still_shows_its_text_after_the_second(page, version):
    first = signed(page)
    before = certificate_of(first)
    text, pdf = before.exact_text, certificate_pdf(before)
    CharterVersionFactory(number=2, in_force=True, articles=[("Tout", "<p>Autre.</p>")])
    signed(page)

    again = certificate_of(CharterAdhesion.objects.get(pk=first.pk))
    assert again.exact_text == text
    assert certificate_pdf(again) == pdf
    assert pdf.startswith(b"%PDF")


def test_the_ledger_is_checked_and_an_alteration_is_told(page, version):
    adhesion = signed(page)
    call_command("check_ledger", stdout=StringIO())
    statements = lift()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE bdis_evaluation_chartertext SET canonical = 'Autre texte'")
        cursor.execute("UPDATE bdis_evaluation_signatory SET name = 'Autre'")
    told = StringIO()
    with pytest.raises(CommandError):
        call_command("check_ledger", stderr=told)
    put_back(statements)
    for sentence in ("trigger", "exact text", "articles shown", "signatory"):
        assert sentence in told.getvalue()
    with pytest.raises(TextAltered):
        certificate_of(CharterAdhesion.objects.get(pk=adhesion.pk))


def test_signing_in_bulk_takes_few_queries(
    site_tree, territories, version, django_assert_max_num_queries
):
    pages = [InitiativePageFactory(commune=territories.die) for _n in range(12)]
    with django_assert_max_num_queries(8):
        sign_in_bulk(pages, text=version.text_in("fr"), signings=[BY] * 12)
    assert CharterAdhesion.objects.standing().count() == 12
    assert list(check_ledger()) == []


def test_the_certificate_is_for_the_initiative_and_its_region(page, version):
    adhesion = signed(page)
    member = InitiativeMemberFactory(initiative=page).user
    other = InitiativeMemberFactory(initiative=InitiativePageFactory(commune=page.commune)).user
    for name in ("certificate", "certificate_pdf"):
        address = reverse(f"bdis_charter:{name}", args=[adhesion.uuid])
        shown = logged_in(member).get(address)
        assert shown.status_code == 200
        assert "no-store" in shown["Cache-Control"]
        assert logged_in(other).get(address).status_code == 404
        assert logged_in(UserFactory(username=f"passant-{name}")).get(address).status_code == 404


def test_a_visitor_is_asked_to_sign_in_for_a_certificate(client, page, version):
    address = reverse("bdis_charter:certificate", args=[signed(page).uuid])
    assert client.get(address).status_code == 302


def test_the_public_reads_the_day_and_the_version_and_no_name(client, page, version):
    signed(page, name="Nadia Roux")
    html = re.sub(r"\s+", " ", client.get(page.url).content.decode())
    assert "signée le" in html
    assert "(version 1)" in html
    assert "Nadia" not in html
    api = client.get(f"/api/v1/initiatives/{page.pk}")
    assert api.json()["charter_valid_until"] is None
    assert api.json()["charter_signed_on"] == page.charter_signed_on.isoformat()
    assert "Nadia" not in api.content.decode()
