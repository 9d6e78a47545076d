"""Self-evaluation in the space: for the people of the initiative, with or without scripts."""

from __future__ import annotations

import json
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bdis_cms.sitetree import editors_group_name, ensure_site_tree
from bdis_evaluation.evaluating.evidence import add_evidence
from bdis_evaluation.evaluating.saving import Given, open_conflicts, save_answer
from bdis_evaluation.models import (
    Commitment,
    Evaluation,
    EvaluationKind,
    EvaluationState,
    VersionStatus,
)
from tests.cms.admin_client import logged_in, member
from tests.factories import InitiativeMemberFactory, InitiativePageFactory, UserFactory
from tests.factories.evaluations import (
    CommitmentFactory,
    EvaluationFactory,
    GridVersionFactory,
    answer_everything,
    level,
    theme,
)

pytestmark = pytest.mark.django_db
KEY = "gouv-decisions"
PDF = b"%PDF-1.7\n%%EOF"


@pytest.fixture
def page(site_tree, territories):
    return InitiativePageFactory(commune=territories.die)


@pytest.fixture
def user(page):
    return InitiativeMemberFactory(initiative=page).user


@pytest.fixture
def client(user):
    return logged_in(user)


@pytest.fixture
def evaluation(page):
    return EvaluationFactory(initiative=page)


def url(evaluation, name="evaluation", *args):
    where = [evaluation.initiative_id, evaluation.pk, *args]
    return reverse(f"bdis_evaluation_space:{name}", args=where)


def saving(key=KEY, base=0, save_id=None, **fields):
    return {
        "key": key,
        "base": base,
        "save_id": str(save_id or uuid.uuid4()),
        "fields": {name.replace("__", "-"): text for name, text in fields.items()},
    }


def send(client, evaluation, body):
    data = body if isinstance(body, bytes) else json.dumps(body)
    return client.post(url(evaluation, "save"), data, content_type="application/json")


def level_field(value, **more):
    return {f"q-{KEY}": value, **more}


# Who enters


def addresses(evaluation, file, commitment):
    page = evaluation.initiative_id
    return [
        reverse("bdis_evaluation_space:index", args=[page]),
        url(evaluation),
        url(evaluation, "theme", "gouvernance"),
        url(evaluation, "save"),
        url(evaluation, "choose", KEY),
        url(evaluation, "download", file.pk),
        url(evaluation, "end"),
        url(evaluation, "give_up"),
        url(evaluation, "paper"),
        reverse("bdis_cycles_space:history", args=[page]),
        reverse("bdis_evaluation_space:commitment", args=[page, commitment.pk]),
    ]


@pytest.fixture
def everything(evaluation, page):
    closed = EvaluationFactory(initiative=page)
    commitment = CommitmentFactory(evaluation=closed)
    Evaluation.objects.filter(pk=closed.pk).update(
        state=EvaluationState.CLOSED, closed_at=closed.started_at
    )
    given = SimpleUploadedFile("comptes.pdf", PDF)
    file = add_evidence(evaluation, KEY, given, user=None)
    save_answer(evaluation, KEY, Given(1), base=0, user=None)
    save_answer(evaluation, KEY, Given(2), base=0, user=None)
    return addresses(evaluation, file, commitment)


def test_the_people_of_the_initiative_enter_every_page(everything, client, page):
    owner = logged_in(InitiativeMemberFactory(initiative=page, owner=True).user)
    for one in (client, owner):
        for address in everything:
            answer = one.get(address)
            assert answer.status_code == 200, address
            assert answer["Cache-Control"] == "no-store, private"
            if answer.streaming:
                list(answer.streaming_content)  # to its end: the file is closed then


def test_nobody_else_does_whatever_their_rights_in_the_admin(everything, evaluation, territories):
    ensure_site_tree()
    others = [
        UserFactory(),
        UserFactory(is_superuser=True),
        member("editrice", editors_group_name(territories.aura)),
        InitiativeMemberFactory(owner=True, initiative__commune=territories.avignon).user,
    ]
    for user in others:
        client = logged_in(user)
        for address in everything:
            assert client.get(address).status_code == 404, address
            assert client.post(address).status_code in (404, 405), address
        upload = client.post(url(evaluation, "upload"), {"key": KEY})
        assert upload.status_code == 404
    assert evaluation.revisions.count() == 2


def test_an_evaluation_of_another_initiative_is_not_reached_through_ours(client, page):
    other = EvaluationFactory()
    for name in ("evaluation", "save", "end", "paper", "give_up"):
        address = reverse(f"bdis_evaluation_space:{name}", args=[page.pk, other.pk])
        assert client.get(address).status_code == 404


def test_who_is_not_signed_in_is_led_to_sign_in_and_scripts_are_told(everything, evaluation):
    anonymous = Client()
    for address in everything:
        if address == url(evaluation, "save"):
            continue
        assert anonymous.get(address).status_code == 302, address
    told = send(anonymous, evaluation, saving(**level_field("1")))
    assert told.status_code == 401
    assert anonymous.post(url(evaluation, "upload")).status_code == 401


def test_a_forged_save_is_refused(evaluation, user):
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    assert send(client, evaluation, saving(**level_field("1"))).status_code == 403
    token = client.get(url(evaluation, "save")).json()["token"]
    answer = client.post(
        url(evaluation, "save"),
        json.dumps(saving(**level_field("1"))),
        content_type="application/json",
        headers={"X-CSRFToken": token},
    )
    assert answer.status_code == 200


# Beginning


def test_the_short_grid_is_proposed_first(client, page):
    long = GridVersionFactory(grid__title="Longue", grid__minutes=120)
    short = GridVersionFactory(grid__title="Courte", grid__minutes=40)
    GridVersionFactory(grid__title="Brouillon", status=VersionStatus.DRAFT)
    address = reverse("bdis_evaluation_space:index", args=[page.pk])
    text = client.get(address).text
    assert text.index("Courte") < text.index("Longue")
    assert "Brouillon" not in text
    answer = client.post(address, {"version": short.pk, "kind": "assisted"})
    begun = Evaluation.objects.get()
    assert answer.url == url(begun)
    assert (begun.version, begun.kind) == (short, EvaluationKind.ASSISTED)
    assert client.post(address, {"version": long.pk, "kind": "external"}).status_code == 422
    assert client.post(address, {"version": "x"}).status_code == 422
    assert Evaluation.objects.count() == 1


def test_evaluations_are_listed_by_pages_in_a_constant_number_of_queries(client, page):
    version = GridVersionFactory()
    address = reverse("bdis_evaluation_space:index", args=[page.pk])

    def add(count):
        for _number in range(count):
            one = EvaluationFactory(initiative=page, version=version)
            Evaluation.objects.filter(pk=one.pk).update(state=EvaluationState.ABANDONED)
        with CaptureQueriesContext(connection) as asked:
            text = client.get(address).text
        return len(asked), text.count('class="space-row"')

    client.get(address)
    few, _shown = add(1)
    assert add(24) == (few, 20)
    assert client.get(address, {"page": 2}).text.count('class="space-row"') == 5


# A theme, without scripts


def test_a_theme_is_saved_by_its_form_and_leads_to_the_next_one(client, evaluation, user):
    address = url(evaluation, "theme", "gouvernance")
    answer = client.post(
        address,
        {
            "q-gouv-decisions": "2",
            "q-gouv-decisions-base": "0",
            "q-gouv-decisions-comment": "En assemblée",
            "q-gouv-comptes-na": "1",
            "q-gouv-comptes-reason": "Pas de comptes",
            "q-gouv-comptes-base": "0",
        },
    )
    assert answer.url == url(evaluation, "theme", "emploi")
    kept = {one.key: one for one in evaluation.answers.all()}
    assert Given.of(kept["gouv-decisions"]) == Given(2, comment="En assemblée")
    assert Given.of(kept["gouv-comptes"]) == Given(not_applicable=True, reason="Pas de comptes")
    assert kept["gouv-decisions"].updated_by == user
    text = client.get(address).text
    assert "En assemblée" in text
    assert user.get_full_name() in text


def test_a_wrong_answer_is_told_beside_its_question_and_the_others_are_saved(client, evaluation):
    answer = client.post(
        url(evaluation, "theme", "emploi"),
        {
            "q-emploi-qualite": "1",
            "q-emploi-qualite-base": "0",
            "q-emploi-formation": "douze",
            "q-emploi-formation-year": "2025",
            "q-emploi-formation-base": "0",
        },
    )
    assert answer.status_code == 422
    assert 'value="douze"' in answer.text
    assert 'href="#q-emploi-formation"' in answer.text
    assert [one.key for one in evaluation.answers.all()] == ["emploi-qualite"]


def test_what_two_people_sent_from_the_same_page_is_shown_side_by_side(client, evaluation, page):
    other = logged_in(InitiativeMemberFactory(initiative=page).user)
    address = url(evaluation, "theme", "gouvernance")
    form = {"q-gouv-decisions-base": "0"}
    other.post(address, form | {"q-gouv-decisions": "1", "q-gouv-decisions-comment": "Vu A"})
    answer = client.post(
        address, form | {"q-gouv-decisions": "3", "q-gouv-decisions-comment": "Vu B"}
    )
    assert answer.url == f"{address}#q-gouv-decisions"
    shown = client.get(url(evaluation, "choose", KEY)).text
    for words in ("Premiers pas", "Partagé", "Vu A", "Vu B"):
        assert words in shown
    choice = {"choice": "other", "base": "2", "q-gouv-decisions": "2"}
    client.post(url(evaluation, "choose", KEY), choice | {"q-gouv-decisions-comment": "A et B"})
    assert open_conflicts(evaluation) == {}
    assert Given.of(evaluation.answers.get(key=KEY)) == Given(2, comment="A et B")


def test_a_choice_of_what_was_not_shown_is_refused(client, evaluation):
    save_answer(evaluation, KEY, Given(1), base=0, user=None)
    save_answer(evaluation, KEY, Given(2), base=0, user=None)
    address = url(evaluation, "choose", KEY)
    for choice in ("", "9", "x", "-1", "²", "9" * 40):
        answer = client.post(address, {"choice": choice, "base": "2"})
        assert answer.status_code == 422, choice
    assert client.post(address, {"choice": "2", "base": "un"}).status_code == 422
    assert client.post(address, {"choice": "2", "base": "1"}).status_code == 422
    assert len(open_conflicts(evaluation)[KEY]) == 1
    client.post(address, {"choice": "2", "base": "2"})
    assert evaluation.answers.get(key=KEY).value == 2


def test_a_theme_asks_the_database_as_much_whatever_its_questions(client, page):
    def queries(count):
        version = GridVersionFactory(
            themes=[theme("long", *(level(f"q{number}") for number in range(count)))]
        )
        evaluation = EvaluationFactory(initiative=page, version=version)
        for number in range(count):
            save_answer(evaluation, f"q{number}", Given(1), base=0, user=None)
            save_answer(evaluation, f"q{number}", Given(2), base=0, user=None)
            given = SimpleUploadedFile("a.pdf", PDF)
            add_evidence(evaluation, f"q{number}", given, user=None)
        client.get(url(evaluation, "theme", "long"))
        with CaptureQueriesContext(
            connection,
        ) as few:
            assert client.get(url(evaluation, "theme", "long")).status_code == 200
        with CaptureQueriesContext(connection) as papers:
            assert client.get(url(evaluation, "paper")).status_code == 200
        with CaptureQueriesContext(connection) as whole:
            assert client.get(url(evaluation)).status_code == 200
        Evaluation.objects.filter(pk=evaluation.pk).update(state=EvaluationState.ABANDONED)
        return len(few), len(papers), len(whole)

    assert queries(2) == queries(12)


# Saved one by one, by the script


def test_a_save_tells_the_revision_the_time_and_how_far_the_theme_is(client, evaluation):
    told = send(client, evaluation, saving(**level_field("2"))).json()
    assert (told["revision"], told["conflict"], told["html"]) == (1, False, None)
    assert (told["answered"], told["awaited"]) == (1, 2)
    assert "\u202fh\u202f" in told["time"]


def test_sent_again_a_save_is_written_once(client, evaluation):
    body = saving(**level_field("2"))
    for _time in range(2):
        assert send(client, evaluation, body).json()["revision"] == 1
    assert evaluation.revisions.count() == 1


def test_a_save_that_conflicts_brings_both_answers(client, evaluation, page):
    other = logged_in(InitiativeMemberFactory(initiative=page).user)
    send(other, evaluation, saving(**level_field("1")))
    told = send(client, evaluation, saving(**level_field("3"))).json()
    assert told["conflict"]
    assert "Premiers pas" in told["html"]
    assert "Partagé" in told["html"]
    assert url(evaluation, "choose", KEY) in told["html"]


def test_a_comment_of_another_comes_back_with_the_save_it_was_merged_with(client, evaluation, page):
    other = logged_in(InitiativeMemberFactory(initiative=page).user)
    send(client, evaluation, saving(**level_field("1")))
    comment = level_field("1", **{f"q-{KEY}-comment": "Vu mardi"})
    send(other, evaluation, saving(base=1, **comment))
    told = send(client, evaluation, saving(base=1, **level_field("2"))).json()
    assert not told["conflict"]
    assert "Vu mardi" in told["html"]


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        (b"{", 400, ""),
        (b"\xff\xfe", 400, ""),
        (b"[" * 100_000, 400, ""),
        (b"[1]", 400, ""),
        (b"", 400, ""),
        ({}, 400, "key"),
        ({"key": ["a"]}, 400, "key"),
        ({"key": "a" * 61}, 400, "key"),
        (saving(base=-1), 400, "base"),
        (saving(base=10**30), 400, "base"),
        (saving(base="1"), 400, "base"),
        (saving(base=True), 400, "base"),
        (saving() | {"save_id": "vrai"}, 400, "save_id"),
        (saving() | {"save_id": None}, 400, "save_id"),
        (saving() | {"save_id": 12}, 400, "save_id"),
        (saving() | {"fields": {"a": ["b"]}}, 400, "fields"),
        (saving() | {"fields": "a"}, 400, "fields"),
        (saving("inconnue"), 422, "inconnue"),
        (saving("a\x00b"), 422, "a\x00b"),
        (saving(**level_field("9")), 422, KEY),
        (saving(**level_field("deux")), 422, KEY),
        (saving(**level_field("1", **{f"q-{KEY}-comment": "a" * 4_001})), 422, KEY),
        (saving(**level_field("1", **{f"q-{KEY}-comment": "a\x00"})), 422, KEY),
        (saving(**level_field("1", **{f"q-{KEY}-comment": "\ud800"})), 422, KEY),
        (saving("emploi-recit", **{"q-emploi-recit": "a" * 4_001}), 422, "emploi-recit"),
        (saving("emploi-formation", **{"q-emploi-formation": "1e999999"}), 422, "emploi-formation"),
    ],
)
def test_what_is_not_a_save_is_refused_and_the_field_named(client, evaluation, body, status, field):
    answer = send(client, evaluation, body)
    assert answer.status_code == status
    assert answer.json()["field"] == field
    assert answer.json()["error"]
    assert not evaluation.revisions.exists()


def test_a_huge_save_is_refused(client, evaluation):
    body = saving(**level_field("1", **{f"q-{KEY}-comment": "a" * 3_000_000}))
    assert send(client, evaluation, body).status_code in (400, 413)


@pytest.mark.parametrize("base", ["", "-1", "un", "²", "9" * 40])
def test_a_form_with_a_wrong_base_is_refused(client, evaluation, base):
    form = {"q-gouv-decisions": "1", "q-gouv-decisions-base": base}
    answer = client.post(url(evaluation, "theme", "gouvernance"), form)
    assert answer.status_code == 422
    assert not evaluation.revisions.exists()


def test_a_finished_evaluation_tells_the_script_so(client, evaluation):
    Evaluation.objects.filter(pk=evaluation.pk).update(
        state=EvaluationState.CLOSED, closed_at=evaluation.started_at
    )
    assert send(client, evaluation, saving(**level_field("1"))).status_code == 409
    given = SimpleUploadedFile("a.pdf", PDF)
    upload = client.post(url(evaluation, "upload"), {"key": KEY, "file": given})
    assert upload.status_code == 409
    form = {"q-gouv-decisions": "1", "q-gouv-decisions-base": "0"}
    assert client.post(url(evaluation, "theme", "gouvernance"), form).url == url(evaluation)
    assert "disabled" in client.get(url(evaluation, "theme", "gouvernance")).text


# The end


def test_the_end_asks_for_a_commitment_then_closes(client, evaluation, page):
    answer_everything(evaluation)
    address = url(evaluation, "end")
    empty = {
        "engagements-TOTAL_FORMS": "1",
        "engagements-INITIAL_FORMS": "0",
        "finish": "1",
    }
    assert client.post(address, empty).status_code == 422
    past = empty | {"engagements-0-aim": "Publier", "engagements-0-due_on": "2020-01-01"}
    assert client.post(address, past).status_code == 422
    filled = empty | {
        "engagements-0-aim": "Publier nos comptes",
        "engagements-0-measure": "Sur le site",
        "engagements-0-owner": "Le bureau",
        "engagements-0-due_on": "2199-06-30",
        "engagements-0-theme": "gouvernance",
    }
    assert client.post(address, filled).url == url(evaluation)
    evaluation.refresh_from_db()
    assert evaluation.state == EvaluationState.CLOSED
    commitment = evaluation.commitments.get()
    assert (commitment.aim, commitment.theme) == ("Publier nos comptes", "gouvernance")
    assert "Publier nos comptes" in client.get(url(evaluation)).text


def test_an_evaluation_with_questions_left_keeps_its_commitments_but_does_not_end(
    client, evaluation
):
    filled = {
        "engagements-TOTAL_FORMS": "1",
        "engagements-INITIAL_FORMS": "0",
        "engagements-0-aim": "Publier nos comptes",
        "engagements-0-due_on": "2199-06-30",
    }
    address = url(evaluation, "end")
    assert client.post(address, filled | {"keep": "1"}).url == address
    assert Commitment.objects.count() == 1
    again = filled | {"engagements-TOTAL_FORMS": "0", "finish": "1"}
    answer = client.post(address, again)
    assert answer.status_code == 422
    assert "Qui décide ?" in answer.text
    evaluation.refresh_from_db()
    assert evaluation.is_open


def test_a_commitment_of_another_evaluation_is_not_taken_over(client, evaluation):
    other = CommitmentFactory(aim="À d’autres")
    client.post(
        url(evaluation, "end"),
        {
            "engagements-TOTAL_FORMS": "1",
            "engagements-INITIAL_FORMS": "1",
            "engagements-0-id": other.pk,
            "engagements-0-aim": "À nous",
            "engagements-0-due_on": "2199-06-30",
            "keep": "1",
        },
    )
    other.refresh_from_db()
    assert (other.aim, other.evaluation_id == evaluation.pk) == ("À d’autres", False)


def test_stopping_needs_a_reason(client, evaluation):
    address = url(evaluation, "give_up")
    assert client.post(address, {"reason": " "}).status_code == 422
    client.post(address, {"reason": "Nous avons fusionné."})
    assert "Nous avons fusionné." in client.get(url(evaluation)).text


def test_what_became_of_a_commitment_is_said_in_its_page(client, page):
    closed = EvaluationFactory(initiative=page)
    commitment = CommitmentFactory(evaluation=closed)
    Evaluation.objects.filter(pk=closed.pk).update(
        state=EvaluationState.CLOSED, closed_at=closed.started_at
    )
    address = reverse("bdis_evaluation_space:commitment", args=[page.pk, commitment.pk])
    assert client.post(address, {"act": "moved", "reason": "Plus tard"}).status_code == 422
    assert client.post(address, {"act": "dropped"}).status_code == 422
    past = {"act": "moved", "reason": "Plus tard", "due_on": "2020-01-01"}
    assert client.post(address, past).status_code == 422
    client.post(address, past | {"due_on": "2199-01-31"})
    client.post(address, {"act": "kept", "reason": "Affichés"})
    text = client.get(address).text
    assert "Reporté au 31 janvier 2199" in text
    assert "Affichés" in text


def test_a_day_that_is_past_is_told_without_blame(client, page):
    closed = EvaluationFactory(initiative=page)
    CommitmentFactory(evaluation=closed, due_on="2020-05-04")
    Evaluation.objects.filter(pk=closed.pk).update(
        state=EvaluationState.CLOSED, closed_at=closed.started_at
    )
    text = client.get(reverse("bdis_cycles_space:history", args=[page.pk])).text
    assert "qu’est-il devenu" in text
    assert "retard" not in text
    home = client.get(reverse("bdis_space:home", args=[page.pk])).text
    assert "La date de 1 engagement est passée" in home
