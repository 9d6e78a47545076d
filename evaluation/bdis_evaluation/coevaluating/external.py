"""An evaluator from outside: who they are, and their report."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from bdis_evaluation.coevaluating.closing import REPORT
from bdis_evaluation.evaluating.evidence import add_evidence
from bdis_evaluation.evaluating.saving import lock_open
from bdis_evaluation.models import Evaluation, EvaluationKind, EvaluationState, EvidenceFile


@transaction.atomic
def name_evaluator(
    evaluation: Evaluation,
    *,
    name: str,
    organisation: str,
    report: UploadedFile | None = None,
    user: Any,
) -> Evaluation:
    """Make an evaluation an external one, with its evaluator, and perhaps their report already.

    Raises ``EvaluationNotOpen`` and ``EvidenceRefused``.
    """
    lock_open(evaluation)
    evaluation.kind = EvaluationKind.EXTERNAL
    evaluation.evaluator, evaluation.evaluator_organisation = name, organisation
    evaluation.save(update_fields=["kind", "evaluator", "evaluator_organisation"])
    if report is not None:
        add_evidence(evaluation, REPORT, report, user=user)
    return evaluation


@transaction.atomic
def go_without_evaluator(evaluation: Evaluation) -> Evaluation:
    """Take the evaluator and their reports away: it is a joint, or a self-evaluation again.

    Raises ``EvaluationNotOpen``.
    """
    lock_open(evaluation)
    row = Evaluation.objects.get(pk=evaluation.pk)
    is_shared = row.state == EvaluationState.SHARED
    evaluation.kind = EvaluationKind.JOINT if is_shared else EvaluationKind.SELF
    evaluation.evaluator = evaluation.evaluator_organisation = ""
    evaluation.save(update_fields=["kind", "evaluator", "evaluator_organisation"])
    for one in reports_of(evaluation):
        one.delete()
    return evaluation


def reports_of(evaluation: Evaluation) -> list[EvidenceFile]:
    """Return the reports of the evaluator, oldest first."""
    return list(EvidenceFile.objects.filter(evaluation=evaluation, key=REPORT))
