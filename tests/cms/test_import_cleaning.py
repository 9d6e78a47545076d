"""Values are cleaned one at a time, and never made worse."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bdis_cms.importing import cleaning
from bdis_cms.importing.names import expand_abbreviations, french_case
from bdis_cms.importing.transforms import at_place


@pytest.mark.parametrize(
    ("shouted", "written"),
    [
        ("ASSOCIATION DES AMIS DE L'ÎLE", "Association des amis de l'île"),
        ("ASSOCIATION DES AMIS DE L ILE", "Association des amis de l'île"),
        ("SCIC LES 3 COLONNES", "SCIC Les 3 colonnes"),
        ("ADMR DU VAL D'OR", "ADMR du val d'or"),
        ("REGIE DE QUARTIER", "Régie de quartier"),
        ("GEIQ BTP", "GEIQ BTP"),
        ("LES RESTOS DU COEUR", "Les Restos du cœur"),
        ("SOLIDARITE XXI", "Solidarité XXI"),
        ("CYCLO-ATELIER SAINT MARTIN", "Cyclo-atelier Saint Martin"),
        ("A TOUTE VAPEUR", "À toute vapeur"),
        ("SMTR EMPLOI", "SMTR emploi"),
    ],
)
def test_names_in_capitals_get_french_case(shouted, written):
    assert french_case(shouted) == written


@pytest.mark.parametrize(
    "name",
    ["Emmaüs Cahors", "La SCOP des Écluses", "ADMR", "Id'ées intérim", "A.L.E.A.S", "", "3-2-1"],
)
def test_names_whose_case_was_chosen_are_left_alone(name):
    assert french_case(name) == name


def test_places_keep_their_own_spelling_inside_names():
    assert (
        french_case("REGIE DE QUARTIER DE L HAY LES ROSES", ["L'Haÿ-les-Roses"])
        == "Régie de quartier de L'Haÿ-les-Roses"
    )
    assert french_case("CONSERVATOIRE DU HAVRE", ["Le Havre"]) == "Conservatoire du Havre"


def test_abbreviations_of_registers_are_written_out():
    assert expand_abbreviations("ASSOC TREMPLIN") == "ASSOCIATION TREMPLIN"
    assert expand_abbreviations("ASSOC Domicile Services") == "Association Domicile Services"
    assert expand_abbreviations("ASSOCIES POUR LE BOIS") == "ASSOCIES POUR LE BOIS"


@given(st.text(max_size=60))
def test_french_case_never_loses_a_letter(name):
    def letters(text):
        return sum(char.isalnum() for char in text.replace("œ", "oe").replace("Œ", "OE"))

    assert letters(french_case(name)) == letters(name)


@given(st.text(max_size=300))
def test_rich_text_holds_no_tag_but_its_own(text):
    result = cleaning.rich_text(text + "<script>alert(1)</script><img src=x onerror=alert(1)>")
    assert "<script" not in result
    assert "<img" not in result


def test_markup_becomes_the_few_tags_of_a_description():
    assert (
        cleaning.rich_text(
            '<div><strong>Ici</strong> <a href="https://a.fr" onclick="x()">là</a></div>'
            "<h1>Titre</h1>"
        )
        == '<p><b>Ici</b> <a href="https://a.fr">là</a></p><h3>Titre</h3>'
    )
    assert "javascript" not in cleaning.rich_text('<a href="javascript:alert(1)">a</a>')


def test_plain_text_becomes_paragraphs_and_lists():
    text = "Nos ateliers :\n- vélo\n- couture & bois\n\nOuvert à tous.\nBienvenue."
    assert cleaning.rich_text(text) == (
        "<p>Nos ateliers :</p><ul><li>vélo</li><li>couture &amp; bois</li></ul>"
        "<p>Ouvert à tous.<br/>Bienvenue.</p>"
    )
    assert cleaning.rich_text(" \n ") == ""


def test_entities_are_read_and_cannot_hide_markup():
    assert cleaning.plain_text("L&#39;&eacute;t&eacute;&nbsp;&lt;b&gt;!&lt;/b&gt;") == "L'été !"
    assert "<script" not in cleaning.rich_text("&lt;script&gt;alert(1)&lt;/script&gt;")


def test_the_summary_is_the_first_sentence_that_says_something():
    assert (
        cleaning.first_sentence("<p>Bienvenue ! Un café tenu par ses habitants. On y danse.</p>")
        == "Bienvenue ! Un café tenu par ses habitants."
    )
    long = cleaning.first_sentence("mot " * 200)
    assert len(long) <= 300
    assert long.endswith("mot…")


@pytest.mark.parametrize(
    ("given_address", "address"),
    [
        ("https://a.fr/x", "https://a.fr/x"),
        ("www.a.fr", "https://www.a.fr"),
        ("a.fr/page", "http://a.fr/page"),
        ("http:/a.fr", "http://a.fr"),
        ("http\\c//a.fr/", "http://a.fr/"),
        ("https://a.fr   http://b.fr", "https://a.fr"),
        ("HTTP://A.fr", "http://A.fr"),
    ],
)
def test_web_addresses_are_completed(given_address, address):
    assert cleaning.web_address(given_address)[0] == address


@pytest.mark.parametrize(
    "text", ["page facebook : café", "contact@a.fr", "http://", "javascript:alert(1)", "pas encore"]
)
def test_what_is_not_a_web_address_is_refused(text):
    with pytest.raises(cleaning.Unusable, match="bad_url"):
        cleaning.web_address(text)


def test_registration_numbers_are_checked():
    assert cleaning.siret("732 829 320 00074") == "73282932000074"
    with pytest.raises(cleaning.Unusable, match="bad_siret"):
        cleaning.siret("73282932000075")
    assert cleaning.rna("w751 234567") == "W751234567"
    with pytest.raises(cleaning.Unusable, match="bad_rna"):
        cleaning.rna("751234567")


def test_numbers_years_and_dates_are_read_as_people_write_them():
    assert cleaning.number("1 250,0", 5000) == 1250
    assert cleaning.year("créée en 1998") == 1998
    assert cleaning.date("2020-12-18T10:00:00Z") == datetime.date(2020, 12, 18)
    assert cleaning.date("3/3/2026") == datetime.date(2026, 3, 3)
    for clean, text in ((cleaning.year, "12345"), (cleaning.date, "31/02/2024")):
        with pytest.raises(cleaning.Unusable):
            clean(text)


@pytest.mark.parametrize(
    ("name", "placed"),
    [("Paris", "à Paris"), ("Le Havre", "au Havre"), ("Les Mureaux", "aux Mureaux"), ("", "")],
)
def test_a_commune_follows_its_preposition(name, placed):
    assert at_place(name) == placed
