"""What the meeting and the outside evaluator add, until the end of the evaluation."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from bdis_evaluation.coevaluating.external import name_evaluator
from bdis_evaluation.evaluating.finishing import finish
from bdis_evaluation.models import (
    Commitment,
    EvaluationKind,
    EvaluationState,
)
from tests.cms.admin_client import logged_in
from tests.evaluation.coevaluating import (
    KEY,
    closed,
    opened,
    soon,
    space_url,
)
from tests.factories import InitiativeMemberFactory
from tests.factories.evaluations import EvaluationFactory, answer_everything

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


@pytest.fixture
def shared(site_tree, territories):
    return opened(territories)


def meeting_data(**more):
    day = timezone.localdate().isoformat()
    return {"held_on": day, "present": "Deux salariées", "summary": ""} | more


def test_a_joint_evaluation_is_led_to_its_end_in_the_space(shared):
    answer_everything(shared.evaluation)
    client = logged_in(shared.contributor)
    closed(shared.evaluation)
    url = space_url(shared.evaluation, "meeting")
    shown = client.get(url).text
    assert 'maxlength="1000"' in shown  # « 1 000 » would be read as 1
    assert 'maxlength="10000"' in shown
    agreed = {f"q-{KEY}-asked": "1", f"q-{KEY}": "1", f"q-{KEY}-comment": "Plutôt un début."}
    saved = client.post(url, meeting_data(**agreed))
    stale = client.post(url, meeting_data(summary="Vu autrement.", seen=""))
    assert stale.status_code == 422
    assert "vient d’enregistrer cette réunion" in stale.text
    assert "Vu autrement." in stale.text
    assert "Plutôt un début." in client.get(url).text
    assert saved.url == space_url(shared.evaluation, "agreed_commitments")
    assert "Plutôt un début." in client.get(url).text
    forms = {
        "engagements-TOTAL_FORMS": "1",
        "engagements-INITIAL_FORMS": "0",
        "engagements-0-aim": "Réunir les usagers deux fois par an",
        "engagements-0-due_on": soon(200).isoformat(),
    }
    assert client.post(saved.url, forms).status_code == 302
    assert Commitment.objects.get().is_agreed
    evaluation = shared.evaluation
    evaluation.refresh_from_db()
    assert finish(evaluation, user=shared.owner).state == EvaluationState.CLOSED
    for name in ("meeting", "agreed_commitments"):
        assert client.get(space_url(evaluation, name)).status_code == 302
    assert client.post(url, meeting_data(**agreed)).status_code == 302
    assert client.get(space_url(evaluation, "crossed")).status_code == 200


@pytest.mark.parametrize(
    "data",
    [
        {"held_on": ""},
        {"held_on": "2999-01-01"},
        {"held_on": "\x00"},
        {"present": "x" * 1001},
        {f"q-{KEY}-asked": "1", f"q-{KEY}": "99"},
        {f"q-{KEY}-asked": "1", f"q-{KEY}-comment": "a\x00"},
        {"q-emploi-formation-asked": "1", "q-emploi-formation": "beaucoup"},
    ],
)
def test_a_meeting_that_is_wrong_is_refused_whole(shared, data):
    closed(shared.evaluation)
    client, url = logged_in(shared.owner), space_url(shared.evaluation, "meeting")
    assert client.post(url, meeting_data(**data)).status_code == 422
    assert not hasattr(type(shared.evaluation).objects.get(), "meeting")


def test_commitments_of_a_meeting_that_are_wrong_are_told(shared):
    closed(shared.evaluation)
    client = logged_in(shared.owner)
    client.post(space_url(shared.evaluation, "meeting"), meeting_data())
    url = space_url(shared.evaluation, "agreed_commitments")
    for forms in ({}, {"engagements-TOTAL_FORMS": "x"}, {"engagements-TOTAL_FORMS": "9999"}):
        assert client.post(url, forms).status_code in (302, 422)
    assert not Commitment.objects.exists()


def test_an_outside_evaluator_is_named_with_their_report(shared, settings, tmp_path):
    settings.BDIS_PRIVATE_ROOT = str(tmp_path)
    client, url = logged_in(shared.contributor), space_url(shared.evaluation, "external")
    named = {"name": "Ana Ruiz", "organisation": "Université de Valence"}
    wrong = SimpleUploadedFile("rapport.exe", b"MZ")
    assert client.post(url, named | {"report": wrong}).status_code == 422
    assert client.post(url, {}).status_code == 422
    report = SimpleUploadedFile("rapport.pdf", b"%PDF-1.7 ")
    assert client.post(url, named | {"report": report}).status_code == 302
    shared.evaluation.refresh_from_db()
    assert shared.evaluation.kind == EvaluationKind.EXTERNAL
    assert "rapport.pdf" in client.get(url).text
    home = f"/mon-espace/{shared.page.pk}/evaluation/{shared.evaluation.pk}/"
    assert "Université de Valence" in client.get(home).text
    without = space_url(shared.evaluation, "without")
    assert client.post(without).status_code == 403
    assert logged_in(shared.owner).post(without).status_code == 302
    shared.evaluation.refresh_from_db()
    assert shared.evaluation.kind == EvaluationKind.JOINT


def test_an_external_evaluation_stays_so_when_others_are_asked(site_tree, territories):
    evaluation = EvaluationFactory(initiative__commune=territories.die)
    name_evaluator(evaluation, name="Ana Ruiz", organisation="Labo", user=None)
    owner = InitiativeMemberFactory(initiative=evaluation.initiative, owner=True).user
    logged_in(owner).post(space_url(evaluation, "share"), {"until": soon().isoformat()})
    evaluation.refresh_from_db()
    assert (evaluation.kind, evaluation.state) == (EvaluationKind.EXTERNAL, EvaluationState.SHARED)


def test_the_end_tells_what_others_are_awaited_for_and_the_report_is_read(
    shared, settings, tmp_path
):
    settings.BDIS_PRIVATE_ROOT = str(tmp_path)
    answer_everything(shared.evaluation)
    client = logged_in(shared.owner)
    end = f"/mon-espace/{shared.page.pk}/evaluation/{shared.evaluation.pk}/terminer/"
    forms = {
        "engagements-TOTAL_FORMS": "1",
        "engagements-INITIAL_FORMS": "0",
        "engagements-0-aim": "Publier nos comptes",
        "engagements-0-due_on": soon(200).isoformat(),
        "finish": "1",
    }
    assert client.post(end, forms).status_code == 422
    report = SimpleUploadedFile("rapport.pdf", b"%PDF-1.7 ")
    named = {"name": "Ana Ruiz", "organisation": "Labo", "report": report}
    client.post(space_url(shared.evaluation, "external"), named)
    one = shared.evaluation.evidence_files.get()
    download = f"/mon-espace/{shared.page.pk}/evaluation/{shared.evaluation.pk}/fichiers/{one.pk}/"
    assert b"".join(client.get(download).streaming_content) == b"%PDF-1.7 "
    assert client.post(end, forms).status_code == 422
    closed(shared.evaluation)
    assert client.post(end, forms).status_code == 302
    shared.evaluation.refresh_from_db()
    assert shared.evaluation.state == EvaluationState.CLOSED
