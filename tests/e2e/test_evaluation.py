"""A self-evaluation, as people go through it: on a phone, by keyboard, while the train enters a
tunnel."""

from __future__ import annotations

import datetime
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import expect

from bdis_evaluation.evaluating.saving import Given, save_answer
from bdis_evaluation.models import Commitment, Evaluation, EvaluationState
from tests.factories import InitiativeMemberFactory
from tests.factories.evaluations import (
    CommitmentFactory,
    EvaluationFactory,
    GridVersionFactory,
    answer_everything,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SAVED = re.compile(r"^Enregistré à \d+\u202fh\u202f\d\d$")
OFFLINE = "ERR_INTERNET_DISCONNECTED"


@pytest.fixture
def people(directory):
    cache.clear()
    return [
        InitiativeMemberFactory(initiative=directory.listing, user__first_name=name).user
        for name in ("Mireille", "Karim")
    ]


@pytest.fixture
def evaluation(directory):
    return EvaluationFactory(initiative=directory.listing)


@pytest.fixture
def enter(visit, directory):
    """Open an address as somebody of the initiative."""

    def open_page(user, path, **options):
        page = visit("/mon-espace/deconnexion/", locale="fr-FR", **options)
        sign_in(page, user, directory)
        page.goto(directory.url + path, wait_until="networkidle")
        page.faults.clear()
        return page

    return open_page


def sign_in(page, user, directory):
    client = Client()
    client.force_login(user)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": value, "url": directory.url}
    page.context.add_cookies([cookie])


def at(evaluation, *parts):
    where = ["mon-espace", evaluation.initiative_id, "evaluation", evaluation.pk, *parts]
    return "/" + "/".join(str(part) for part in where) + "/"


def tab_to(page, locator):
    """Go to a control by Tab, as who has no mouse does."""
    expect(locator).to_be_visible()
    for _step in range(120):
        if locator.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reaches {locator}")


def press(page, locator, key="Enter"):
    tab_to(page, locator)
    page.keyboard.press(key)


def write(page, label, text):
    tab_to(page, page.get_by_label(label).locator("visible=true").first)
    page.keyboard.type(text)


def state(page):
    return page.locator("[data-bdis-state]")


def axe(page):
    report = Axe().run(page)
    assert report.violations_count == 0, report.generate_report()


def expect_kept(page, count):
    """Wait until that many answers are kept on the device."""
    kept = "Object.keys(localStorage).filter(name => name.startsWith('bdis-evaluation/')).length"
    page.wait_for_function(f"count => {kept} === count", arg=count)


def test_a_whole_self_evaluation_by_keyboard_on_a_phone_with_a_lost_connection(
    enter, people, directory
):
    GridVersionFactory(grid__title="Premier tour", grid__minutes=40)
    last_year = datetime.date.today().year - 1
    page = enter(people[0], f"/mon-espace/{directory.listing.pk}/evaluation/", width=390)
    axe(page)
    press(page, page.get_by_role("button", name="Commencer"))
    expect(page.locator("h1")).to_have_text("Premier tour")
    axe(page)
    press(page, page.get_by_role("link", name="Commencer par la première question"))

    expect(page.locator("h1")).to_have_text("Gouvernance démocratique")
    axe(page)
    press(page, page.get_by_label("Pas encore"), "ArrowDown")
    expect(page.get_by_label("Premiers pas")).to_be_checked()
    expect(state(page)).to_have_text(SAVED)
    expect(page.get_by_text("1 réponse sur 2")).to_be_visible()

    page.context.set_offline(True)
    press(page, page.get_by_label("Oui"), "Space")
    expect(state(page)).to_contain_text("Connexion perdue\u202f: 1 réponse gardée")
    write(page, "Votre commentaire", "Sur notre site depuis 2021.")
    press(page, page.get_by_role("button", name="Enregistrer et continuer").last)
    expect(state(page)).to_contain_text("Connexion perdue")
    expect(page.locator("h1")).to_have_text("Gouvernance démocratique")
    expect_kept(page, 1)
    page.context.set_offline(False)
    expect(state(page)).to_have_text(SAVED)
    expect(page.get_by_text("2 réponses sur 2")).to_be_visible()
    expect_kept(page, 0)
    press(page, page.get_by_role("button", name="Enregistrer et continuer").last)

    expect(page.locator("h1")).to_have_text("Qualité des emplois")
    axe(page)
    press(page, page.get_by_label("Ne s’applique pas à nous").first, "Space")
    write(page, "Pourquoi cela ne s’applique pas", "Nous n’avons pas de salarié.")
    write(page, "Chiffre, en h", "12,5")
    expect(page.get_by_label("Année du chiffre")).to_have_value(str(last_year))
    expect(state(page)).to_have_text(SAVED)
    press(page, page.get_by_role("button", name="Enregistrer et continuer").last)

    expect(page.get_by_text("4 réponses sur 4")).to_be_visible()
    press(page, page.get_by_role("link", name="Écrire vos engagements"))
    expect(page.locator("h1")).to_have_text("Vos engagements")
    axe(page)
    write(page, "Ce que nous améliorerons", "Former nos bénévoles")
    write(page, "À quoi nous le verrons", "Deux journées dans l’année")
    write(page, "Qui s’en occupe", "Le bureau")
    write(page, "Pour quand", "01012099")
    press(page, page.get_by_role("button", name="Terminer l’évaluation"))
    expect(page.get_by_text("Votre évaluation est terminée")).to_be_visible()
    axe(page)

    evaluation = Evaluation.objects.get()
    assert evaluation.state == EvaluationState.CLOSED
    answers = {one.key: Given.of(one) for one in evaluation.answers.all()}
    assert answers == {
        "gouv-decisions": Given(1),
        "gouv-comptes": Given(True, comment="Sur notre site depuis 2021."),
        "emploi-qualite": Given(not_applicable=True, reason="Nous n’avons pas de salarié."),
        "emploi-formation": Given({"number": "12.5", "year": last_year}),
    }
    assert str(Commitment.objects.get().due_on) == "2099-01-01"
    assert [fault for fault in page.faults if OFFLINE not in fault] == []


def test_what_was_typed_without_connection_survives_the_closing_of_the_tab(
    enter, people, evaluation, directory
):
    address = at(evaluation, "theme", "gouvernance")
    page = enter(people[0], address, width=390)
    page.context.set_offline(True)
    page.get_by_label("Installé").check()
    expect(state(page)).to_contain_text("1 réponse gardée")
    page.get_by_label("Oui").check()
    expect(state(page)).to_contain_text("2 réponses gardées")
    context = page.context
    page.close()
    context.set_offline(False)
    back = context.new_page()
    back.goto(directory.url + address)
    expect(back.get_by_label("Installé")).to_be_checked()
    expect(state(back)).to_have_text(SAVED)
    expect(back.get_by_text("2 réponses sur 2")).to_have_count(0)  # a yes is to be supported
    expect_kept(back, 0)
    assert evaluation.answers.get(key="gouv-decisions").value == 2


def test_a_session_that_is_over_keeps_the_answers_until_one_signs_in_again(
    enter, people, evaluation, directory
):
    page = enter(people[0], at(evaluation, "theme", "gouvernance"))
    page.context.clear_cookies()
    page.get_by_label("Installé").check()
    expect(state(page)).to_contain_text("Votre session est terminée")
    expect(page.get_by_role("link", name="Se reconnecter")).to_be_visible()
    expect_kept(page, 1)
    sign_in(page, people[0], directory)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(state(page)).to_have_text(SAVED)
    assert evaluation.answers.get(key="gouv-decisions").value == 2


def test_two_people_who_answer_differently_see_both_answers_and_choose(enter, people, evaluation):
    address = at(evaluation, "theme", "gouvernance")
    one, other = (enter(user, address, width=390) for user in people)
    one.get_by_label("Premiers pas").check()
    expect(state(one)).to_have_text(SAVED)
    other.get_by_label("Partagé").check()
    conflict = other.locator("#q-gouv-decisions .notice")
    expect(conflict).to_contain_text("Premiers pas")
    expect(conflict).to_contain_text("Mireille")
    expect(conflict).to_contain_text("Partagé")
    axe(other)
    other.get_by_role("link", name="Choisir la réponse").click()
    expect(other.locator("h1")).to_have_text("Choisir la réponse")
    axe(other)
    other.get_by_role("radio", name="Karim").check()
    other.get_by_role("button", name="Garder cette réponse").click()
    expect(other.get_by_label("Partagé")).to_be_checked()
    one.reload()
    expect(one.get_by_label("Partagé")).to_be_checked()
    assert one.faults + other.faults == []


def test_a_comment_of_somebody_else_appears_with_ones_own_answer(enter, people, evaluation):
    page = enter(people[0], at(evaluation, "theme", "gouvernance"))
    save_answer(evaluation, "gouv-decisions", Given(comment="Vu mardi"), base=0, user=people[1])
    page.get_by_label("Installé").check()
    expect(page.locator("#q-gouv-decisions textarea")).to_have_value("Vu mardi")
    expect(page.get_by_label("Installé")).to_be_checked()
    page.get_by_label("Partagé").check()
    expect(page.get_by_text("Réponse de Mireille")).to_be_visible()
    expect(state(page)).to_have_text(SAVED)
    page.reload()
    expect(page.get_by_label("Partagé")).to_be_checked()


def test_a_wrong_figure_is_told_beside_its_field_and_kept_until_it_is_right(
    enter, people, evaluation
):
    page = enter(people[0], at(evaluation, "theme", "emploi"))
    page.get_by_label("Chiffre, en h").fill("douze")
    page.get_by_label("Année du chiffre").fill("2025")
    error = page.locator("#q-emploi-formation [data-bdis-error]")
    expect(error).to_have_text("Donnez un chiffre, par exemple 12 ou 12,5.")
    page.get_by_label("Chiffre, en h").fill("12")
    expect(error).to_be_hidden()
    expect(state(page)).to_have_text(SAVED)
    expect_kept(page, 0)


def test_a_file_is_sent_listed_and_deleted(enter, people, evaluation):
    page = enter(people[0], at(evaluation, "theme", "gouvernance"))
    question = page.locator("#q-gouv-comptes")
    choose = question.get_by_label("Ajouter un fichier")
    choose.set_input_files({"name": "a.pdf", "mimeType": "application/pdf", "buffer": b"<html>"})
    expect(question.locator("[data-bdis-error]")).to_contain_text("Le contenu de ce fichier")
    pdf = {"name": "comptes.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}
    choose.set_input_files(pdf)
    expect(question.get_by_role("link", name="comptes.pdf")).to_be_visible()
    question.get_by_role("button", name="Supprimer").click()
    expect(question.get_by_role("link", name="comptes.pdf")).to_have_count(0)
    assert not evaluation.evidence_files.exists()


def test_signing_out_leaves_nothing_on_a_shared_computer(enter, people, evaluation, directory):
    page = enter(people[0], at(evaluation, "theme", "gouvernance"))
    page.route("**/reponses/", lambda route: route.abort())
    page.get_by_label("Installé").check()
    expect(state(page)).to_contain_text("1 réponse gardée")
    page.goto(f"{directory.url}/mon-espace/deconnexion/")
    expect(page.get_by_text("n’ont pas encore pu être enregistrées")).to_be_visible()
    page.get_by_role("main").get_by_role("button", name="Se déconnecter").click()
    page.wait_for_url(re.compile("(?!.*deconnexion)"))
    expect_kept(page, 0)


def test_everything_is_done_without_scripts(enter, people, evaluation):
    page = enter(people[0], at(evaluation, "theme", "gouvernance"), java_script_enabled=False)
    page.get_by_label("Installé").check()
    page.get_by_label("Non").check()
    page.get_by_role("button", name="Enregistrer et continuer").last.click()
    expect(page.locator("h1")).to_have_text("Qualité des emplois")
    assert evaluation.answers.count() == 2


@pytest.mark.parametrize(("width", "colours"), [(390, "dark"), (1280, "light")])
def test_axe_finds_nothing_in_the_pages_after_the_end(enter, people, evaluation, width, colours):
    answer_everything(evaluation, people[0])
    commitment = CommitmentFactory(evaluation=evaluation)
    page = enter(people[0], at(evaluation, "terminer"), width=width, color_scheme=colours)
    axe(page)
    Evaluation.objects.filter(pk=evaluation.pk).update(
        state=EvaluationState.CLOSED, closed_at=evaluation.started_at
    )
    home = f"/mon-espace/{evaluation.initiative_id}/evaluation/"
    addresses = [
        home,
        at(evaluation),
        at(evaluation, "theme", "emploi"),
        at(evaluation, "imprimer"),
        f"{home}engagements/",
        f"{home}engagements/{commitment.pk}/",
    ]
    origin = page.url.split("/mon-espace/")[0]
    for address in addresses:
        page.goto(origin + address)
        axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_whole_evaluation_prints_without_the_rest_of_the_site(enter, people, evaluation):
    answer_everything(evaluation, people[0])
    page = enter(people[0], at(evaluation, "imprimer"))
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", name="Qui décide ?")).to_be_visible()
    expect(page.locator(".space-nav")).to_be_hidden()
    expect(page.locator(".site-footer")).to_be_hidden()
    expect(page.get_by_role("button", name="Imprimer")).to_be_hidden()
