"""What an initiative keeps to itself shows on no channel, to nobody but its own people."""

from __future__ import annotations

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone

from bdis_cms.sitetree import editors_group_name, ensure_site_tree
from bdis_evaluation.cycles.choosing import share
from bdis_evaluation.evaluating.beginning import say_progress
from bdis_evaluation.evaluating.committing import move
from bdis_evaluation.evaluating.saving import Given, save_answer
from bdis_evaluation.models import Evaluation, EvaluationState, EvidenceFile, Shown
from bdis_search.building import build_documents
from bdis_search.outbox import drain
from tests.cms.admin_client import logged_in, member
from tests.factories import (
    ActivityFactory,
    FamilyFactory,
    InitiativeMemberFactory,
    InitiativePageFactory,
)
from tests.factories.evaluations import CommitmentFactory, EvaluationFactory
from tests.search.leak_channels import CHANNELS
from tests.search.leaks import make

pytestmark = pytest.mark.django_db

#: Words of the evaluation that only its people may read.
SECRETS = {
    "answer": "grumelotte",
    "comment": "farandolier",
    "reason of what does not apply": "vertuchou",
    "name of a file": "turlupinade",
    "commitment of a theme kept apart": "escarboucle",
    "measure": "mirliflore",
    "owner": "patafiole",
    "reason of a move": "billevesee",
}
SHARED = "calembredaine"  # the commitment that everybody may read


@pytest.fixture
def world(site_tree, territories, engine, settings, tmp_path):
    """A public listing that shows the commitments of one theme and nothing of the other."""
    settings.BDIS_PRIVATE_ROOT = tmp_path / "private"
    ensure_site_tree()
    family = FamilyFactory(code="famille", label_fr="Famille")
    activity = ActivityFactory(code="activite", label_fr="Activité")
    world = make(site_tree, territories, family, activity)
    evaluation = EvaluationFactory(initiative=world.page)
    na = Given(not_applicable=True, reason=SECRETS["reason of what does not apply"])
    for key, given in {
        "gouv-decisions": Given(2, comment=SECRETS["comment"]),
        "emploi-qualite": na,
        "emploi-recit": Given(SECRETS["answer"]),
    }.items():
        save_answer(evaluation, key, given, base=0, user=None)
    EvidenceFile.objects.create(
        evaluation=evaluation,
        key="gouv-comptes",
        name=f"{SECRETS['name of a file']}.pdf",
        file=ContentFile(b"%PDF-", name=f"{SECRETS['name of a file']}.pdf"),
        size=5,
    )
    shown = CommitmentFactory(
        evaluation=evaluation,
        theme="gouvernance",
        aim=SHARED,
        measure=SECRETS["measure"],
        owner=SECRETS["owner"],
    )
    CommitmentFactory(
        evaluation=evaluation, theme="emploi", aim=SECRETS["commitment of a theme kept apart"]
    )
    Evaluation.objects.filter(pk=evaluation.pk).update(
        state=EvaluationState.CLOSED, closed_at=timezone.now()
    )
    evaluation.refresh_from_db()
    later = shown.due_on.replace(year=shown.due_on.year + 1)
    move(shown, due_on=later, reason=SECRETS["reason of a move"], user=None)
    share(evaluation, {"emploi": Shown.NOTHING}, user=None)
    say_progress(world.page, user=None)
    drain()
    return world


def told(client: Client, world) -> dict[str, list[str]]:
    """Return the secrets that each channel tells."""
    found = {}
    for name, channel in CHANNELS.items():
        text = channel.ask(client, world).content.decode(errors="replace").lower()
        found[name] = [secret for secret, word in SECRETS.items() if word in text]
    return {name: secrets for name, secrets in found.items() if secrets}


def _anonymous(world):
    return Client()


def _person_of_another_initiative(world):
    client = Client()
    client.force_login(InitiativeMemberFactory(initiative=InitiativePageFactory(), owner=True).user)
    return client


def _editor_of_another_region(world):
    return logged_in(member("redaction-paca", editors_group_name(world.territories.paca)))


@pytest.mark.parametrize(
    "visitor", [_anonymous, _person_of_another_initiative, _editor_of_another_region]
)
def test_what_is_kept_apart_shows_nowhere(world, visitor):
    assert told(visitor(world), world) == {}


def test_what_is_shared_shows_on_the_listing_alone(world):
    channels = {
        name
        for name, channel in CHANNELS.items()
        if SHARED in channel.ask(Client(), world).content.decode(errors="replace")
    }
    assert channels == {"listing"}


def test_results_are_shared_without_any_answer(world):
    evaluation = Evaluation.objects.get()
    share(evaluation, {"gouvernance": Shown.RESULTS, "emploi": Shown.RESULTS}, user=None)
    text = CHANNELS["listing"].ask(Client(), world).content.decode()
    assert "67\u202f%" in text
    for secret in ("answer", "comment", "name of a file", "measure", "owner"):
        assert SECRETS[secret] not in text


def test_the_index_holds_where_the_approach_is_and_nothing_of_it(world):
    (document,) = build_documents([world.page.pk])
    held = repr(document).lower()
    assert "progress" in held
    assert [secret for secret, word in SECRETS.items() if word in held] == []
    assert SHARED not in held


def test_the_pages_of_the_space_are_closed_to_everybody_else(world):
    evaluation = Evaluation.objects.get()
    base = f"/mon-espace/{world.page.pk}/evaluation/"
    for visitor in (_anonymous, _person_of_another_initiative, _editor_of_another_region):
        client = visitor(world)
        for path in ("", "comparer/", "engagements/", "partage/", "rythme/", f"{evaluation.pk}/"):
            answer = client.get(base + path)
            assert answer.status_code in (302, 404), path
            assert not any(word in answer.content.decode() for word in SECRETS.values())
