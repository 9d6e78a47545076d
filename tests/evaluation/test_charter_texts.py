"""The exact text that is signed, its versions, and what changed between two of them."""

from __future__ import annotations

import unicodedata

import pytest
from django.urls import reverse

from bdis_evaluation.charter.comparing import compare_texts
from bdis_evaluation.charter.drafting import new_draft
from bdis_evaluation.charter.starting import ensure_charter
from bdis_evaluation.charter.texts import canonical_text, digest
from bdis_evaluation.models import CharterIncomplete, CharterStatus, CharterVersion, NotADraft
from tests.cms.admin_client import logged_in
from tests.factories import UserFactory
from tests.factories.charter import CharterVersionFactory


def test_the_exact_text_is_plain_and_the_same_whatever_the_markup():
    text = canonical_text(
        " Charte\n solidaire ",
        "<p>Nous <b>nous</b> engageons&nbsp;:</p><p></p>",
        [("Un", "<p>A</p><ul><li>b</li><li>c</li></ul><ol><li>d</li><li>e</li></ol>")],
    )
    assert text == (
        "Charte solidaire\n\nNous nous engageons\xa0:\n\nArticle 1. Un\n\nA\n\n– b\n– c\n\n"
        "1. d\n2. e\n"
    )


def test_the_exact_text_has_one_form_of_each_letter():
    decomposed = unicodedata.normalize("NFD", "Économie")
    assert canonical_text(decomposed, "", []) == "Économie\n"


def test_entering_into_force_freezes_the_text_and_supersedes_the_former(db):
    first = CharterVersionFactory(in_force=True)
    second = CharterVersionFactory(english=True)
    second.enter_into_force(user=None)

    first.refresh_from_db()
    assert first.status == CharterStatus.SUPERSEDED
    assert second.is_in_force
    for text in second.texts.all():
        assert text.text_hash == digest(text.canonical)
    with pytest.raises(NotADraft):
        first.enter_into_force(user=None)


def test_a_version_without_french_or_articles_or_with_an_old_number_stays_a_draft(db):
    CharterVersionFactory(number=7, in_force=True)
    empty = CharterVersion.objects.create(number=3)
    with pytest.raises(CharterIncomplete) as refused:
        empty.enter_into_force(user=None)
    assert len(refused.value.missing) == 2
    empty.refresh_from_db()
    assert empty.is_draft


def test_the_charter_to_begin_with_is_a_draft_written_once(db):
    first = ensure_charter()
    assert first.is_draft
    assert ensure_charter() == first
    text = first.texts.get()
    assert "comité de pilotage" in text.exact_text
    assert "démarche de progrès" in text.exact_text


def test_articles_are_compared_one_by_one_word_by_word(db):
    before = CharterVersionFactory(
        articles=[
            ("Un", "<p>Reste tel quel.</p>"),
            ("Deux", "<p>Une personne, une voix.</p>"),
            ("Trois", "<p>S’en va.</p>"),
        ]
    ).text_in("fr")
    after = CharterVersionFactory(
        articles=[
            ("Deux", "<p>Une personne présente, une voix.</p>"),
            ("Un", "<p>Reste tel quel.</p>"),
            ("Quatre", "<p>Arrive.</p>"),
        ]
    ).text_in("fr")
    changes = compare_texts(before, after)[1:]
    assert [change.kind for change in changes] == ["changed", "same", "new", "dropped"]
    assert changes[0].moved
    assert [piece for piece in changes[0].body if piece[0] != "same"] == [
        ("del", "personne,"),
        ("ins", "personne présente,"),
    ]


def test_a_new_draft_keeps_the_identity_of_articles_that_are_renamed(db):
    CharterVersionFactory(in_force=True)
    draft = new_draft()
    text = draft.texts.get()
    text.articles[0].value["title"] = "Tout autre titre"
    text.save()
    former = CharterVersion.objects.in_force().get().texts.get()
    assert [change.kind for change in compare_texts(former, text)][1] == "changed"


def test_public_pages_show_versions_differences_and_exact_bytes(client, site_tree):
    first = CharterVersionFactory(number=1, in_force=True)
    second = CharterVersionFactory(
        number=2, in_force=True, articles=[("Démocratie", "<p>Deux voix.</p>")]
    )
    for name, args in (
        ("current", []),
        ("versions", []),
        ("version", [1]),
        ("version", [2]),
        ("compare", [2, 1]),
    ):
        assert client.get(reverse(f"bdis_charter:{name}", args=args)).status_code == 200
    shown = client.get(reverse("bdis_charter:text", args=[1, "fr"]))
    assert digest(shown.content.decode()) == first.texts.get().text_hash
    html = client.get(reverse("bdis_charter:compare", args=[2, 1])).content.decode()
    assert "<ins>" in html
    assert "<del>" in html
    assert second.texts.get().title in client.get("/charte/").content.decode()


def test_the_page_says_so_while_no_version_is_in_force(client, site_tree):
    CharterVersionFactory()
    response = client.get("/charte/")
    assert response.status_code == 200
    assert "cours" in response.content.decode()


def test_a_draft_is_read_by_the_national_team_alone(client, site_tree, django_user_model):
    draft = CharterVersionFactory()
    address = reverse("bdis_charter:version", args=[draft.number])
    assert client.get(address).status_code == 404
    assert logged_in(UserFactory()).get(address).status_code == 404
    root = django_user_model.objects.create_superuser("racine", "r@exemple.fr", "motdepasse")
    assert logged_in(root).get(address).status_code == 200
