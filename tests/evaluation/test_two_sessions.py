"""Two people answer over HTTP, with and without scripts: what either typed is never lost."""

from __future__ import annotations

import json
import re
import uuid
from dataclasses import dataclass

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bdis_evaluation.models import Answer, AnswerRevision, EvidenceFile
from tests.cms.admin_client import logged_in
from tests.factories import InitiativeMemberFactory
from tests.factories.evaluations import EvaluationFactory

pytestmark = pytest.mark.django_db
KEY, NAME = "gouv-decisions", "q-gouv-decisions"
BASE = re.compile(r'name="q-gouv-decisions-base"\s+value="(\d+)"')


@dataclass
class Tab:
    """A page that somebody opened, at some revision."""

    client: Client
    base: int = 0


acts = st.lists(
    st.tuples(
        st.integers(0, 1),
        st.sampled_from(["open", "script", "form"]),
        st.sampled_from("0123"),
        st.sampled_from(["", "a", "b"]),
    ),
    min_size=1,
    max_size=8,
)


@pytest.fixture
def evaluation(site_tree, territories):
    return EvaluationFactory()


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(acts=acts)
def test_what_was_typed_stands_or_waits_beside(evaluation, people, acts):
    for model in (Answer, AnswerRevision, EvidenceFile):
        model.objects.filter(evaluation=evaluation).delete()
    tabs = [Tab(client) for client in people]
    where = [evaluation.initiative_id, evaluation.pk]
    theme = reverse("bdis_evaluation_space:theme", args=[*where, "gouvernance"])
    save = reverse("bdis_evaluation_space:save", args=where)
    for number, act, level, comment in acts:
        tab = tabs[number]
        fields = {NAME: level, f"{NAME}-comment": comment}
        if act == "open":
            shown = BASE.search(tab.client.get(theme).text)
            # A question in conflict shows no fields: somebody chooses first.
            tab.base = int(shown[1]) if shown else tab.base
            continue
        before = _stands(evaluation)
        seen = _at(evaluation, tab.base)
        if act == "form":
            answer = tab.client.post(theme, fields | {f"{NAME}-base": str(tab.base)})
            assert answer.status_code == 302
        else:
            body = {"key": KEY, "base": tab.base, "save_id": str(uuid.uuid4()), "fields": fields}
            answer = tab.client.post(save, json.dumps(body), content_type="application/json")
            assert answer.status_code == 200
            # As the script does: the page moves only when it shows what stands.
            tab.base = answer.json()["revision"]
        after, waiting = _stands(evaluation), _waiting(evaluation)
        for mine, theirs, was, now, index in zip(
            (int(level), comment), seen, before, after, (0, 1), strict=True
        ):
            assert mine == theirs or now == mine or mine in [one[index] for one in waiting]
            assert now == was or was == theirs


def _stands(evaluation):
    answer = evaluation.answers.filter(key=KEY).first()
    return (answer.value, answer.comment) if answer else (None, "")


def _at(evaluation, number):
    seen = evaluation.revisions.filter(key=KEY, number=number).first()
    return (seen.value, seen.comment) if seen else (None, "")


def _waiting(evaluation):
    waiting = evaluation.revisions.filter(key=KEY, conflicting=True, settled_at__isnull=True)
    return [(one.value, one.comment) for one in waiting]


@pytest.fixture
def people(evaluation):
    return [
        logged_in(InitiativeMemberFactory(initiative=evaluation.initiative).user)
        for _number in range(2)
    ]
