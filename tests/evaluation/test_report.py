"""The report of an evaluation: what it says, what it keeps to itself, and who reads it."""

from __future__ import annotations

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from bdis_cms.sitetree import NATIONAL_GROUP, editors_group_name, ensure_site_tree
from bdis_evaluation.coevaluating.gathering import gather
from bdis_evaluation.coevaluating.meeting import record_meeting
from bdis_evaluation.evaluating.committing import drop, keep, move
from bdis_evaluation.evaluating.finishing import finish
from bdis_evaluation.evaluating.saving import Given
from bdis_evaluation.models import CharterVersion, CommitmentEvent, Evaluation, EvaluationKind
from bdis_evaluation.reporting.content import way_words
from tests.cms.admin_client import logged_in, member
from tests.evaluation.coevaluating import answered, opened
from tests.evaluation.pdf_text import text_of
from tests.factories import InitiativeMemberFactory, InitiativePageFactory
from tests.factories.charter import signed
from tests.factories.evaluations import (
    CommitmentFactory,
    EvaluationFactory,
    GridVersionFactory,
    answer_everything,
)

pytestmark = pytest.mark.django_db
COMMENT = "En ligne depuis 2021."


@pytest.fixture
def page(site_tree, territories):
    ensure_site_tree()
    page = InitiativePageFactory(title="Le Fournil", commune=territories.die)
    signed(page)
    return page


@pytest.fixture
def owner(page):
    return InitiativeMemberFactory(initiative=page, owner=True).user


def finished(page, user, version=None, **fields):
    """Return an evaluation of two themes, finished with a commitment."""
    fields |= {"version": version} if version else {}
    evaluation = EvaluationFactory(initiative=page, **fields)
    answer_everything(evaluation, user)
    CommitmentFactory(evaluation=evaluation, theme="gouvernance")
    return finish(evaluation, user=user)


def url_of(evaluation, name="report"):
    return reverse(f"bdis_report:{name}", args=[evaluation.initiative_id, evaluation.pk])


def asked(**parts):
    return {"choisi": "1", **parts}


def words_of(client, evaluation, **parts):
    return text_of(client.get(url_of(evaluation, "file"), asked(**parts) if parts else {}).content)


def test_the_page_and_the_pdf_say_the_same(page, owner):
    evaluation = finished(page, owner)
    client = logged_in(owner)
    html = " ".join(client.get(url_of(evaluation)).content.decode().split())
    pdf = words_of(client, evaluation)
    for told in (
        *("Le Fournil", "Die (Drôme)", "Auto-évaluation", "1 personne a répondu"),
        *(
            "Gouvernance démocratique",
            "Publier nos comptes",
            "Ils sont sur notre site",
            "Le bureau",
        ),
        "ni une note",
    ):
        assert told in html.replace("\u202f", " "), told
        assert told in pdf, told
    number = CharterVersion.objects.get().number
    assert f"Version {number}, signée le" in pdf
    assert owner.last_name not in pdf
    assert owner.email not in pdf


def test_the_pdf_is_the_same_bytes_each_time_with_its_properties(page, owner):
    evaluation = finished(page, owner)
    client = logged_in(owner)
    first, second = (client.get(url_of(evaluation, "file")).content for _n in range(2))
    assert first == second
    assert b"/Lang (fr)" in first
    assert b"/Author (Le Fournil)" in first
    assert b"/Title (Rapport de notre d" in first
    assert b"/Outlines" in first
    assert first.count(b"/FontFile2") >= 3  # the fonts of the site, within


def test_answers_are_in_it_when_chosen_and_comments_never_by_default(page, owner):
    evaluation = finished(page, owner)
    client = logged_in(owner)
    assert "Vos comptes sont-ils publics ?" not in words_of(client, evaluation)
    full = words_of(client, evaluation, part=["answers"])
    assert "Vos comptes sont-ils publics ?" in full
    assert "Nous n’avons pas de salarié." in full
    assert COMMENT not in full
    assert COMMENT in words_of(client, evaluation, part=["answers", "comments"])
    assert COMMENT not in words_of(client, evaluation, part=["comments"])


def test_the_longest_texts_go_over_pages(page, owner):
    evaluation = finished(page, owner)
    evaluation.answers.update(comment="Un mot, puis un autre.\n" * 170)
    words = words_of(logged_in(owner), evaluation, part=["answers", "comments"])
    assert words.count("Un mot, puis un autre.") == 170 * evaluation.answers.count()


def test_a_theme_left_out_is_said_to_be_so(page, owner):
    evaluation = finished(page, owner)
    pdf = words_of(logged_in(owner), evaluation, theme=["gouvernance"], part=["answers"])
    assert "Gouvernance démocratique" in pdf
    assert "Qualité des emplois" not in pdf
    assert "a laissé 1 thème hors de ce rapport" in pdf


def test_it_tells_what_became_of_earlier_commitments_and_of_nothing_later(page, owner):
    version = GridVersionFactory()
    first = finished(page, owner, version)
    for aim in ("Former des binômes", "Acheter une camionnette"):
        one = CommitmentFactory(evaluation=first, aim=aim)
        CommitmentEvent.objects.create(commitment=one, act="made", due_on=one.due_on)
    made, moved, dropped = first.commitments.order_by("pk")
    keep(made, user=owner, note="Affichés sous la halle")
    later = timezone.localdate() + datetime.timedelta(days=400)
    move(moved, due_on=later, reason="Un seul binôme", user=owner)
    drop(dropped, reason="Les fermes livrent", user=owner)
    earlier = timezone.now() - datetime.timedelta(days=700)
    Evaluation.objects.filter(pk=first.pk).update(started_at=earlier, closed_at=earlier)
    second = finished(page, owner, version)
    client = logged_in(owner)
    pdf = words_of(client, second)
    for told in ("Tenu. Affichés sous la halle", "Reporté au", "Un seul binôme", "Abandonné. Les"):
        assert told in pdf, told
    assert "À questions égales" in pdf
    before = words_of(client, first)
    assert "Ce que sont devenus nos engagements précédents" not in before
    assert "À questions égales" not in before


@pytest.mark.parametrize(("answers", "shown"), [(3, True), (2, False)])
def test_what_others_said_shows_from_three_on(site_tree, territories, answers, shown):
    found = opened(territories)
    answer_everything(found.evaluation, found.owner)
    for _n in range(answers):
        answered(found.evaluation, 0, comment="Secret de guichet")
    gather(found.evaluation, user=found.owner)
    record_meeting(
        found.evaluation,
        held_on=timezone.localdate(),
        present="Camille Secrète",
        summary="Une bonne soirée",
        agreed={"gouv-decisions": Given(1)},
        user=found.owner,
    )
    CommitmentFactory(evaluation=found.evaluation)
    finish(found.evaluation, user=found.owner)
    client = logged_in(found.owner)
    for said in (
        words_of(client, found.evaluation),
        client.get(url_of(found.evaluation)).content.decode(),
    ):
        assert "Une bonne soirée" in said
        assert ("3 parties prenantes" in said) is shown
        assert ("Pas encore" in said) is shown
        assert "Premiers pas" in said  # what was agreed on
        assert "Secret de guichet" not in said
        assert "Camille Secrète" not in said


def test_before_the_end_there_is_no_report_yet(page, owner):
    evaluation = EvaluationFactory(initiative=page)
    client = logged_in(owner)
    assert "sera ici quand" in client.get(url_of(evaluation)).content.decode()
    assert client.get(url_of(evaluation, "file")).url == url_of(evaluation)


def test_it_is_for_members_and_for_the_accompanist_of_an_assisted_one(page, owner, territories):
    helper, colleague = (
        member(name, editors_group_name(territories.aura)) for name in ("aide", "collegue")
    )
    elsewhere = member("ailleurs", editors_group_name(territories.paca))
    evaluation = finished(page, owner, kind=EvaluationKind.ASSISTED, accompanist=helper)
    contributor = InitiativeMemberFactory(initiative=page).user
    stranger = InitiativeMemberFactory().user
    national = member("nat", NATIONAL_GROUP)
    for name in ("report", "file"):
        url = url_of(evaluation, name)
        for user in (owner, contributor, helper):
            assert logged_in(user).get(url).status_code == 200
        for user in (colleague, elsewhere, stranger, national):
            assert logged_in(user).get(url).status_code == 404
    assert "nav-espace" not in logged_in(helper).get(url_of(evaluation)).content.decode()


def test_an_accompanist_opens_no_other_kind_nor_after_leaving_the_team(page, owner, territories):
    helper = member("aide", editors_group_name(territories.aura))
    evaluation = finished(page, owner, accompanist=helper)
    assert logged_in(helper).get(url_of(evaluation)).status_code == 404
    Evaluation.objects.filter(pk=evaluation.pk).update(kind=EvaluationKind.ASSISTED)
    assert logged_in(helper).get(url_of(evaluation)).status_code == 200
    helper.groups.clear()
    assert logged_in(helper).get(url_of(evaluation)).status_code == 404


def test_who_is_not_signed_in_is_sent_to_sign_in_and_nothing_is_cached(page, owner, client):
    evaluation = finished(page, owner)
    assert client.get(url_of(evaluation)).status_code == 302
    answer = logged_in(owner).get(url_of(evaluation, "file"))
    assert answer["Cache-Control"] == "no-store, private"


def test_more_earlier_cycles_ask_no_more_questions(page, owner):
    version = GridVersionFactory()
    client = logged_in(owner)

    def queries():
        evaluation = finished(page, owner, version)
        with CaptureQueriesContext(connection) as asked_of:
            client.get(url_of(evaluation))
        return len(asked_of)

    queries()
    second = queries()
    for _n in range(3):
        finished(page, owner, version)
    assert queries() <= second


def test_a_way_is_said_in_words():
    shares = (None, 0, 0.2, 0.5, 0.7, 1)
    said = [str(way_words(share)) for share in shares]
    assert len(set(said)) == len(shares)
    assert not any(character.isdigit() for words in said for character in words)
