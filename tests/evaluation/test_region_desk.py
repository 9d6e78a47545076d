"""The desk of a region: who is where, who helps, what each may open, what is exported."""

from __future__ import annotations

import csv
import datetime
import io

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from bdis_cms.sitetree import (
    NATIONAL_GROUP,
    editors_group_name,
    ensure_site_tree,
    moderators_group_name,
)
from bdis_evaluation.accompanying.contents import contents_of
from bdis_evaluation.coevaluating.gathering import share
from bdis_evaluation.evaluating.saving import Given, save_answer
from bdis_evaluation.models import (
    AccompanistNote,
    Answer,
    Evaluation,
    EvaluationKind,
    EvaluationState,
    ProgressPlan,
)
from tests.cms.admin_client import logged_in, member
from tests.factories import FamilyFactory, InitiativeMemberFactory, InitiativePageFactory
from tests.factories.evaluations import (
    ClosedEvaluationFactory,
    CommitmentFactory,
    EvaluationFactory,
    GridVersionFactory,
)

pytestmark = pytest.mark.django_db
SECRET = "Ce commentaire reste chez nous"
NOTE = "Ils hésitent sur les comptes"


@pytest.fixture(autouse=True)
def _no_count_kept():
    cache.clear()


@pytest.fixture
def tree(site_tree, territories):
    ensure_site_tree()
    return territories


@pytest.fixture
def editor(tree):
    return member("red", editors_group_name(tree.aura))


@pytest.fixture
def elsewhere(tree):
    return member("sud", moderators_group_name(tree.paca))


@pytest.fixture
def page(tree):
    return InitiativePageFactory(title="Le Fournil", commune=tree.die)


def index(client, **asked):
    return client.get(reverse("bdis_desk:index"), asked)


def titles(client, **asked):
    return [row.page.title for row in index(client, **asked).context["rows"]]


def url_of(page, name="initiative", *more):
    return reverse(f"bdis_desk:{name}", args=[page.pk, *more])


def begun(page, **fields):
    """Return an evaluation whose first theme is answered."""
    evaluation = EvaluationFactory(initiative=page, **fields)
    save_answer(evaluation, "gouv-decisions", Given(2, comment=SECRET), base=0, user=None)
    save_answer(evaluation, "gouv-comptes", Given(False), base=0, user=None)
    return evaluation


def past(days):
    return timezone.localdate() - datetime.timedelta(days=days)


def test_each_state_is_told_and_filtered(tree, editor, page):
    gathering, done = (
        InitiativePageFactory(title=title, commune=tree.die) for title in ("Avis", "Fini")
    )
    InitiativePageFactory(title="Rien", commune=tree.die)
    begun(page)
    share(EvaluationFactory(initiative=gathering), until=past(-9), user=None)
    ClosedEvaluationFactory(initiative=done)
    client = logged_in(editor)
    told = {row.page.title: str(row.state) for row in index(client).context["rows"]}
    assert told == {"Avis": "gathering", "Fini": "done", "Le Fournil": "ongoing", "Rien": "none"}
    for title, state in told.items():
        assert titles(client, state=state) == [title]
    assert titles(client, state="under_way") == ["Avis", "Le Fournil"]


def test_it_says_how_much_is_answered_and_the_first_theme_with_something_to_do(editor, page):
    evaluation = begun(page)
    client = logged_in(editor)
    (row,) = index(client).context["rows"]
    assert (row.percent, row.stuck) == (50, "Qualité des emplois")
    Answer.objects.filter(evaluation=evaluation, key="gouv-comptes").update(value=True)
    (row,) = index(client).context["rows"]
    assert (row.percent, row.stuck) == (25, "Gouvernance démocratique")  # a yes to support


def test_overdue_is_what_was_due_with_nothing_under_way(tree, editor, page):
    working = InitiativePageFactory(title="Au travail", commune=tree.die)
    begun(working)
    for one in (page, working):
        ProgressPlan.objects.create(initiative=one, next_due_on=past(3))
    client = logged_in(editor)
    assert titles(client, overdue="1") == ["Le Fournil"]
    panel = client.get(reverse("wagtailadmin_home")).content.decode()
    assert "Démarche progrès" in panel
    assert f"{reverse('bdis_desk:index')}?overdue=1" in panel


def test_it_is_filtered_by_region_family_accompanist_and_words(tree, editor, page):
    family = FamilyFactory(code="amap", label_fr="AMAP")
    other = InitiativePageFactory(title="Électrons", commune=tree.avignon, families=[family])
    begun(page, accompanist=editor)
    client = logged_in(member("nat", NATIONAL_GROUP))
    assert titles(client) == ["Le Fournil", "Électrons"]
    assert titles(client, region=tree.paca.code) == [other.title]
    assert titles(client, family="amap") == [other.title]
    assert titles(client, accompanist=str(editor.pk)) == [page.title]
    assert titles(client, accompanist="nobody") == [other.title]
    assert titles(client, q="electrons") == [other.title]
    assert titles(client, accompanist="9" * 30, region="?", state="?", p="x") == titles(client)


def test_each_sees_their_own_regions_and_public_listings_alone(tree, editor, elsewhere, page):
    InitiativePageFactory(title="Brouillon", commune=tree.die, draft=True)
    InitiativePageFactory(title="Échue", commune=tree.die, lapsed=True)
    assert titles(logged_in(editor)) == [page.title]
    assert titles(logged_in(elsewhere)) == []
    region = tree.aura.code
    assert titles(logged_in(elsewhere), region=region) == []
    assert page.title not in index(logged_in(elsewhere), export="csv").content.decode()


def test_nobody_else_opens_anything(tree, elsewhere, page):
    evaluation = begun(page, kind=EvaluationKind.ASSISTED)
    owner = InitiativeMemberFactory(initiative=page, owner=True).user
    posts = {
        "assign": {"evaluation": evaluation.pk, "accompanist": elsewhere.pk},
        "note": {"text": NOTE},
        "write": {"subject": "Bonjour", "text": "Où en êtes-vous ?"},
    }
    for client in (Client(), logged_in(owner), logged_in(elsewhere)):
        answer = client.get(url_of(page))
        assert page.title not in answer.content.decode()
        assert answer.status_code in {302, 403}
        answers = client.get(url_of(page, "answers", evaluation.pk))
        assert SECRET not in answers.content.decode()
        for name, data in posts.items():
            client.post(url_of(page, name), data)
    evaluation.refresh_from_db()
    assert evaluation.accompanist is None
    assert not AccompanistNote.objects.exists()
    assert mail.outbox == []


def test_an_accompanist_is_of_the_team_of_the_region(tree, editor, elsewhere, page):
    evaluation = begun(page)
    national = member("nat", NATIONAL_GROUP)
    client = logged_in(editor)
    for refused in (elsewhere, national):
        client.post(
            url_of(page, "assign"), {"evaluation": evaluation.pk, "accompanist": refused.pk}
        )
        assert Evaluation.objects.get().accompanist is None
    client.post(url_of(page, "assign"), {"evaluation": evaluation.pk, "accompanist": editor.pk})
    assert Evaluation.objects.get().accompanist == editor
    client.post(url_of(page, "assign"), {"evaluation": evaluation.pk, "accompanist": ""})
    assert Evaluation.objects.get().accompanist is None


def test_an_evaluation_of_another_initiative_is_not_assigned_from_here(tree, editor, page):
    other = begun(InitiativePageFactory(commune=tree.avignon))
    data = {"evaluation": other.pk, "accompanist": editor.pk}
    assert logged_in(editor).post(url_of(page, "assign"), data).status_code == 404
    assert Evaluation.objects.get().accompanist is None


@pytest.mark.parametrize(
    ("kind", "reads"),
    [("self", False), ("assisted", True), ("joint", False), ("external", False)],
)
def test_answers_are_read_by_the_accompanist_of_an_accompanied_kind(
    tree, editor, page, kind, reads
):
    evaluation = begun(page, kind=kind, accompanist=editor)
    url = url_of(page, "answers", evaluation.pk)
    answer = logged_in(editor).get(url)
    assert (answer.status_code == 200) is reads
    assert (SECRET in answer.content.decode()) is reads
    colleague = member("collegue", moderators_group_name(tree.aura))
    for user in (colleague, member("nat", NATIONAL_GROUP)):
        assert logged_in(user).get(url).status_code == 404
    for user in (editor, colleague):
        assert SECRET not in logged_in(user).get(url_of(page)).content.decode()


def test_commitments_that_were_made_show_and_proposed_ones_do_not(editor, page):
    CommitmentFactory(evaluation=ClosedEvaluationFactory(initiative=page), aim="Pris")
    CommitmentFactory(evaluation=begun(page, version=GridVersionFactory()), aim="Projeté")
    html = logged_in(editor).get(url_of(page)).content.decode()
    assert "Pris" in html
    assert "Projeté" not in html


def test_notes_are_for_the_team_of_the_region_alone(tree, editor, page):
    client = logged_in(editor)
    client.post(url_of(page, "note"), {"text": NOTE})
    client.post(url_of(page, "note"), {"text": "  "})
    assert AccompanistNote.objects.get().author == editor
    assert NOTE in client.get(url_of(page)).content.decode()
    national = logged_in(member("nat", NATIONAL_GROUP))
    html = national.get(url_of(page))
    assert html.status_code == 200
    assert NOTE not in html.content.decode()
    national.post(url_of(page, "note"), {"text": "Une autre"})
    assert AccompanistNote.objects.count() == 1
    owner = InitiativeMemberFactory(initiative=page, owner=True).user
    space = logged_in(owner).get(reverse("bdis_evaluation_space:index", args=[page.pk]))
    assert NOTE not in space.content.decode()


def test_a_message_goes_to_the_owners_and_is_limited(editor, page):
    owner = InitiativeMemberFactory(initiative=page, owner=True).user
    InitiativeMemberFactory(initiative=page)
    client = logged_in(editor)
    data = {"subject": "Où en\r\nêtes-vous ?", "text": "Nous passons <jeudi>."}
    assert owner.email not in client.get(url_of(page, "write")).content.decode()
    client.post(url_of(page, "write"), data | {"subject": "Où en êtes-vous ?"})
    (sent,) = mail.outbox
    assert (sent.to, sent.reply_to) == ([owner.email], [editor.email])
    assert "Nous passons <jeudi>." in sent.body
    assert "&lt;jeudi&gt;" in sent.alternatives[0][0]
    for _n in range(5):
        client.post(url_of(page, "write"), data | {"subject": "Encore"})
    assert len(mail.outbox) == 3


def test_without_an_owner_nothing_is_sent(editor, page):
    answer = logged_in(editor).post(url_of(page, "write"), {"subject": "a", "text": "b"})
    assert "pas de responsable" in answer.content.decode()


@pytest.mark.parametrize("title", ["=HYPERLINK(1)", "+1", "-1", "@SOMME(1)", "\tx"])
def test_exports_hold_nothing_personal_and_no_formula(tree, editor, title):
    page = InitiativePageFactory(title="Le Fournil", commune=tree.die)
    type(page).objects.filter(pk=page.pk).update(title=title)
    owner = InitiativeMemberFactory(initiative=page, owner=True).user
    begun(page, accompanist=editor, started_by=owner)
    client = logged_in(editor)
    text = index(client, export="csv").content.decode("utf-8-sig")
    _head, line = csv.reader(io.StringIO(text), delimiter=";")
    assert line[1] == f"'{title}"
    assert line[5:7] == ["50", "Qualité des emplois"]
    sheet = load_workbook(io.BytesIO(index(client, export="xlsx").content)).active
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d", "inlineStr"}
    said = text + " ".join(str(cell.value) for cell in cells)
    for personal in (
        editor.email,
        editor.last_name or "red@",
        owner.email,
        owner.last_name,
        SECRET,
    ):
        assert personal not in said


def test_the_table_and_its_export_ask_as_many_questions_for_one_as_for_many(tree, editor, page):
    client = logged_in(editor)
    version = GridVersionFactory()

    def queries(**asked):
        with CaptureQueriesContext(connection) as asked_of:
            assert index(client, **asked).status_code == 200
        return len(asked_of)

    begun(page, version=version, accompanist=editor)
    ClosedEvaluationFactory(initiative=InitiativePageFactory(commune=tree.die), version=version)
    queries()
    one = {export: queries(export=export) for export in ("", "csv")}
    for _n in range(6):
        begun(InitiativePageFactory(commune=tree.die), version=version, accompanist=editor)
        ClosedEvaluationFactory(
            initiative=InitiativePageFactory(commune=tree.die), version=GridVersionFactory()
        )
    assert {export: queries(export=export) for export in ("", "csv")} == one


def test_the_page_of_an_initiative_asks_as_many_questions_for_many_evaluations(editor, page):
    client = logged_in(editor)

    def queries():
        with CaptureQueriesContext(connection) as asked_of:
            client.get(url_of(page))
        return len(asked_of)

    CommitmentFactory(evaluation=ClosedEvaluationFactory(initiative=page))
    queries()
    one = queries()
    for _n in range(4):
        assisted = {"kind": EvaluationKind.ASSISTED, "accompanist": editor}
        CommitmentFactory(evaluation=ClosedEvaluationFactory(initiative=page, **assisted))
        AccompanistNote.objects.create(initiative=page, author=editor, text=NOTE)
    assert queries() <= one + 1


def test_an_abandoned_evaluation_counts_for_nothing(editor, page):
    evaluation = begun(page)
    Evaluation.objects.filter(pk=evaluation.pk).update(state=EvaluationState.ABANDONED)
    (row,) = index(logged_in(editor)).context["rows"]
    assert (row.state, row.percent) == ("none", None)


def test_a_frozen_grid_is_read_once_and_a_draft_each_time(django_assert_num_queries):
    frozen = GridVersionFactory(content_hash="a" * 64)
    draft = GridVersionFactory(status="draft")
    contents_of({frozen.pk})
    with django_assert_num_queries(2):
        found = contents_of({frozen.pk, draft.pk})
    assert set(found) == {frozen.pk, draft.pk}
