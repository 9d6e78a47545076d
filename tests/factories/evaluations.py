"""Grids and evaluations."""

from __future__ import annotations

import datetime
from typing import Any

import factory
from django.utils import timezone

from bdis_evaluation.evaluating.saving import Given, save_answer
from bdis_evaluation.models import (
    Commitment,
    Evaluation,
    EvaluationCampaign,
    EvaluationState,
    Grid,
    GridVersion,
    VersionStatus,
)
from tests.factories.initiatives import InitiativePageFactory

LEVELS = [
    {"label": "Pas encore", "description": "Rien n’est écrit."},
    {"label": "Premiers pas", "description": "Un essai est en cours."},
    {"label": "Installé", "description": "C’est une habitude."},
    {"label": "Partagé", "description": "Nous le montrons à d’autres."},
]


def level(key: str, text: str = "Où en êtes-vous ?", **options: Any) -> dict[str, Any]:
    """A question by levels, as the field of a version stores it."""
    return {"type": "level", "value": {"key": key, "text": text, "levels": LEVELS, **options}}


def indicator(key: str, text: str = "Combien ?", **options: Any) -> dict[str, Any]:
    """A question for a figure."""
    value = {"key": key, "text": text, "unit": "h", "period": "sur une année", **options}
    return {"type": "indicator", "value": value}


def yes_no(key: str, text: str = "Le faites-vous ?", **options: Any) -> dict[str, Any]:
    """A question answered by yes or no."""
    return {"type": "yes_no", "value": {"key": key, "text": text, "evidence": False, **options}}


def text(key: str, text: str = "Racontez", **options: Any) -> dict[str, Any]:
    """A question answered in one's own words."""
    return {"type": "text", "value": {"key": key, "text": text, **options}}


def theme(code: str, *items: dict[str, Any], title: str = "") -> dict[str, Any]:
    """A theme and its questions."""
    return {"type": "theme", "value": {"code": code, "title": title or code, "items": items}}


THEMES = [
    theme(
        "gouvernance",
        level("gouv-decisions", "Qui décide ?"),
        yes_no("gouv-comptes", "Vos comptes sont-ils publics ?", evidence=True),
        title="Gouvernance démocratique",
    ),
    theme(
        "emploi",
        level("emploi-qualite", "Vos emplois sont-ils durables ?"),
        indicator("emploi-formation", "Heures de formation"),
        text("emploi-recit", "Un fait dont vous êtes fiers", required=False),
        title="Qualité des emplois",
    ),
]


class GridFactory(factory.django.DjangoModelFactory):
    """A grid."""

    code = factory.Sequence("grille-{}".format)
    title = "Guide des bonnes pratiques"

    class Meta:
        model = Grid


class GridVersionFactory(factory.django.DjangoModelFactory):
    """A version in force of two themes, with one question of each kind at least."""

    grid = factory.SubFactory(GridFactory)
    number = 1
    status = VersionStatus.IN_FORCE
    themes = factory.LazyFunction(lambda: THEMES)

    class Meta:
        model = GridVersion


class EvaluationFactory(factory.django.DjangoModelFactory):
    """An evaluation that has just begun."""

    initiative = factory.SubFactory(InitiativePageFactory)
    version = factory.SubFactory(GridVersionFactory)
    grid = factory.SelfAttribute("version.grid")

    class Meta:
        model = Evaluation


class CommitmentFactory(factory.django.DjangoModelFactory):
    """A commitment for six months ahead."""

    evaluation = factory.SubFactory(EvaluationFactory)
    aim = "Publier nos comptes"
    measure = "Ils sont sur notre site"
    owner = "Le bureau"
    due_on = factory.LazyFunction(lambda: datetime.date.today() + datetime.timedelta(days=180))

    class Meta:
        model = Commitment


#: An answer to each question of ``THEMES`` that awaits one.
ANSWERS: dict[str, Given] = {
    "gouv-decisions": Given(2),
    "gouv-comptes": Given(True, comment="En ligne depuis 2021."),
    "emploi-qualite": Given(not_applicable=True, reason="Nous n’avons pas de salarié."),
    "emploi-formation": Given({"number": "12.5", "year": 2025}),
}


def answer_everything(evaluation: Evaluation, user: Any = None) -> None:
    """Answer every question that awaits it."""
    for key, given in ANSWERS.items():
        save_answer(evaluation, key, given, base=0, user=user)


class ClosedEvaluationFactory(EvaluationFactory):
    """An evaluation that was finished, a moment after it began."""

    state = EvaluationState.CLOSED
    closed_at = factory.LazyAttribute(lambda one: one.started_at)
    started_at = factory.LazyFunction(timezone.now)


class EvaluationCampaignFactory(factory.django.DjangoModelFactory):
    """A campaign of the whole country, from today for ninety days."""

    region = None
    grid = factory.SubFactory(GridFactory)
    title = "Faisons le point"
    opens_on = factory.LazyFunction(timezone.localdate)
    due_on = factory.LazyAttribute(lambda one: one.opens_on + datetime.timedelta(days=90))

    class Meta:
        model = EvaluationCampaign
