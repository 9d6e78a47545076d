"""Cycles in the space: comparing, following commitments, choosing a rhythm and what others see."""

from __future__ import annotations

import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from bdis_evaluation.cycles.sharing import choices_of
from bdis_evaluation.evaluating.committing import drop, keep, move
from bdis_evaluation.evaluating.saving import Given, save_answer
from bdis_evaluation.models import (
    Evaluation,
    EvaluationState,
    ProgressPlan,
    ThemeSharing,
)
from tests.evaluation.test_comparing import cycles  # noqa: F401 - a fixture
from tests.factories import InitiativeMemberFactory, InitiativePageFactory, UserFactory
from tests.factories.evaluations import (
    ClosedEvaluationFactory,
    CommitmentFactory,
    EvaluationFactory,
    GridVersionFactory,
)

pytestmark = pytest.mark.django_db
NAMES = ("compare", "history", "rhythm", "sharing")


def at(name, page):
    return reverse(f"bdis_cycles_space:{name}", args=[page.pk])


def signed_in(page, **traits) -> Client:
    client = Client()
    client.force_login(InitiativeMemberFactory(initiative=page, **traits).user)
    return client


@pytest.fixture
def page(site_tree, territories):
    return InitiativePageFactory(commune=territories.die)


@pytest.fixture
def owner(page):
    return signed_in(page, owner=True)


@pytest.fixture
def two(cycles):  # noqa: F811
    """The two cycles over two versions, both finished."""
    first, second = cycles
    Evaluation.objects.filter(pk=second.pk).update(
        state=EvaluationState.CLOSED,
        closed_at=first.started_at + datetime.timedelta(days=700),
    )
    return first, second


@pytest.mark.parametrize("name", NAMES)
def test_the_pages_are_for_the_people_of_the_initiative(page, name):
    stranger = Client()
    assert stranger.get(at(name, page)).status_code == 302
    stranger.force_login(UserFactory(is_superuser=True))
    assert stranger.get(at(name, page)).status_code == 404
    assert signed_in(InitiativePageFactory()).get(at(name, page)).status_code == 404
    assert signed_in(page).get(at(name, page)).status_code == 200


def test_comparing_says_plainly_what_does_not_compare(two):
    page = two[0].initiative
    text = signed_in(page).get(at("compare", page)).content.decode()
    assert "Question modifiée\u202f: les deux réponses ne se comparent pas" in text
    assert "En ligne, et non plus sur demande." in text
    assert "Question nouvelle" in text
    assert "Cette question n’est plus posée. Redit autrement." in " ".join(text.split())
    assert "Plus loin qu’avant" in text
    assert "à questions égales : 1 sur 3" in " ".join(text.split())


def test_only_two_cycles_of_one_grid_in_order_are_compared(two):
    first, second = two
    page = first.initiative
    client = signed_in(page)
    other = ClosedEvaluationFactory(initiative=page)
    foreign = ClosedEvaluationFactory()
    for de, a in ((second, first), (first, other), (first, foreign), (first, first)):
        answer = client.get(at("compare", page), {"de": de.pk, "a": a.pk})
        assert answer.status_code == 422
        assert "themes" not in answer.context
    answer = client.get(at("compare", page), {"de": first.pk, "a": second.pk})
    assert answer.status_code == 200
    assert answer.context["themes"]


def test_comparing_without_two_cycles_explains_itself(page, owner):
    assert owner.get(at("compare", page)).status_code == 200
    ClosedEvaluationFactory(initiative=page)
    ClosedEvaluationFactory(initiative=page)
    answer = owner.get(at("compare", page))
    assert answer.status_code == 200
    assert "grilles différentes" in answer.content.decode()


def test_the_queries_of_a_comparison_do_not_grow_with_the_cycles(page, owner):
    version = GridVersionFactory()

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert owner.get(at("compare", page)).context["themes"]
        return len(captured)

    now = timezone.now()
    for days in (900, 600):
        ClosedEvaluationFactory(
            initiative=page, version=version, started_at=now - datetime.timedelta(days=days)
        )
    few = queries()
    for days in (300, 200, 100):
        ClosedEvaluationFactory(
            initiative=page, version=version, started_at=now - datetime.timedelta(days=days)
        )
    assert queries() <= few


def test_the_history_tells_what_became_of_each_commitment_and_why(page, owner):
    user = UserFactory()
    cycle = ClosedEvaluationFactory(initiative=page)
    past = datetime.date.today() - datetime.timedelta(days=3)
    kept, moved, dropped = (CommitmentFactory(evaluation=cycle, aim=f"But {n}") for n in range(3))
    CommitmentFactory(evaluation=cycle, aim="En retard", due_on=past)
    keep(kept, user=user, note="Affiché depuis mardi.")
    later = datetime.date.today() + datetime.timedelta(days=300)
    move(moved, due_on=later, reason="L’atelier a déménagé.", user=user)
    drop(dropped, reason="La salle est fermée.", user=user)
    text = " ".join(owner.get(at("history", page)).content.decode().split())
    for reason in ("Affiché depuis mardi.", "L’atelier a déménagé.", "La salle est fermée."):
        assert reason in text
    assert "Tenus : 1 sur 4" in text
    assert "1 arrivé à échéance" in text


def test_the_history_is_paged_with_a_constant_number_of_queries(page, owner):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            owner.get(at("history", page))
        return len(captured)

    CommitmentFactory(evaluation=ClosedEvaluationFactory(initiative=page))
    few = queries()
    for _number in range(6):
        CommitmentFactory(evaluation=ClosedEvaluationFactory(initiative=page))
    assert queries() <= few
    assert len(owner.get(at("history", page)).context["cycles"]) == 5


def test_an_owner_chooses_the_rhythm_and_a_contributor_does_not(page, owner):
    assert owner.post(at("rhythm", page), {"months": "18"}).status_code == 302
    assert ProgressPlan.objects.get(initiative=page).months == 18
    assert owner.post(at("rhythm", page), {"months": "11"}).status_code == 422
    assert signed_in(page).post(at("rhythm", page), {"months": "12"}).status_code == 403
    owner.post(at("rhythm", page), {"months": ""})
    assert ProgressPlan.objects.get(initiative=page).months is None


def test_the_space_says_when_the_next_evaluation_is_due(page, owner):
    plan = ProgressPlan.objects.create(initiative=page, next_due_on=datetime.date(2098, 3, 3))
    home = reverse("bdis_space:home", args=[page.pk])
    assert "Prochaine évaluation\u202f: avant le 3 mars 2098" in owner.get(home).content.decode()
    plan.next_due_on = datetime.date(2020, 3, 3)
    plan.save()
    text = owner.get(home).content.decode()
    assert "attendue depuis le 3 mars 2020" in text
    assert "Faire le point" in text


@pytest.fixture
def evaluation(page):
    evaluation = EvaluationFactory(initiative=page)
    save_answer(evaluation, "gouv-decisions", Given(2), base=0, user=None)
    CommitmentFactory(evaluation=evaluation, theme="gouvernance")
    Evaluation.objects.filter(pk=evaluation.pk).update(
        state=EvaluationState.CLOSED, closed_at=timezone.now()
    )
    evaluation.refresh_from_db()
    return evaluation


RESULTS = {"theme-gouvernance": "results", "theme-emploi": "nothing"}


def test_a_preview_shows_the_block_and_saves_nothing(page, owner, evaluation):
    answer = owner.post(at("sharing", page), RESULTS | {"preview": "1"})
    assert answer.context["is_preview"]
    assert [one.code for one in answer.context["progress"].results] == ["gouvernance"]
    assert not ThemeSharing.objects.exists()


def test_an_owner_chooses_and_a_contributor_does_not(page, owner, evaluation):
    assert signed_in(page).post(at("sharing", page), RESULTS).status_code == 403
    assert owner.post(at("sharing", page), RESULTS).status_code == 302
    assert choices_of(evaluation) == {"gouvernance": "results", "emploi": "nothing"}
    assert owner.post(at("sharing", page), {"theme-emploi": "all"}).status_code == 422
    text = Client().get(page.get_url()).content.decode()
    assert 'id="demarche"' in text
    assert "67\u202f%" in text
    assert "Qualité des emplois" not in text
