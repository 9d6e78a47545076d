"""Evaluations of an initiative: one per cycle, its answers, and every value they ever had."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bdis_cms.models import InitiativePage
from bdis_evaluation.models.grids import Grid, GridVersion


class EvaluationKind(models.TextChoices):
    """Kinds of evaluation (Mouvement pour l'économie solidaire)."""

    SELF = "self", _("Self-evaluation")
    ASSISTED = "assisted", _("Assisted self-evaluation")
    JOINT = "joint", _("Joint evaluation")
    EXTERNAL = "external", _("External evaluation")


class EvaluationState(models.TextChoices):
    """Where an evaluation is."""

    DRAFT = "draft", _("Being filled")
    SHARED = "shared", _("Others are answering")
    CLOSED = "closed", _("Finished")
    ABANDONED = "abandoned", _("Abandoned")


OPEN_STATES = (EvaluationState.DRAFT, EvaluationState.SHARED)


class EvaluationQuerySet(models.QuerySet):
    """Evaluations by what can be said of them."""

    def open(self) -> EvaluationQuerySet:
        """Keep those that still go on."""
        return self.filter(state__in=OPEN_STATES)

    def closed(self) -> EvaluationQuerySet:
        """Keep those that were finished."""
        return self.filter(state=EvaluationState.CLOSED)


class Evaluation(models.Model):
    """One cycle of the progress approach of an initiative, over one version of a grid."""

    initiative = models.ForeignKey(
        InitiativePage,
        verbose_name=_("initiative"),
        on_delete=models.CASCADE,
        related_name="evaluations",
    )
    grid = models.ForeignKey(Grid, on_delete=models.PROTECT, related_name="evaluations")
    version = models.ForeignKey(
        GridVersion,
        verbose_name=_("version of the grid"),
        on_delete=models.PROTECT,
        related_name="evaluations",
    )
    kind = models.CharField(
        _("kind"), max_length=8, choices=EvaluationKind.choices, default=EvaluationKind.SELF
    )
    state = models.CharField(
        _("state"),
        max_length=9,
        choices=EvaluationState.choices,
        default=EvaluationState.DRAFT,
        editable=False,
    )
    started_at = models.DateTimeField(_("begun on"), default=timezone.now, editable=False)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        editable=False,
    )
    touched_at = models.DateTimeField(_("last worked on"), default=timezone.now, editable=False)
    shared_at = models.DateTimeField(_("opened to others on"), null=True, editable=False)
    gathered_at = models.DateTimeField(
        _("answers of others gathered on"), null=True, editable=False
    )
    answers_until = models.DateField(_("others answer until"), null=True, editable=False)
    closed_at = models.DateTimeField(_("finished on"), null=True, editable=False)
    evaluator = models.CharField(_("outside evaluator"), max_length=120, blank=True, editable=False)
    evaluator_organisation = models.CharField(
        _("organisation of the evaluator"), max_length=160, blank=True, editable=False
    )
    accompanist = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("accompanist"),
        on_delete=models.SET_NULL,
        related_name="accompanied_evaluations",
        null=True,
        blank=True,
    )

    objects = EvaluationQuerySet.as_manager()

    class Meta:
        verbose_name = _("evaluation")
        verbose_name_plural = _("evaluations")
        ordering = ["-started_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["initiative", "grid"],
                condition=Q(state__in=["draft", "shared"]),
                name="bdis_evaluation_one_open_per_grid",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False)
                | (~Q(state="closed") & Q(closed_at__isnull=True)),
                name="bdis_evaluation_closed_is_dated",
            ),
        ]
        indexes = [models.Index(fields=["state", "closed_at"])]

    def __str__(self) -> str:
        return f"{self.initiative} ({self.started_at:%Y})"

    @property
    def is_open(self) -> bool:
        """Whether it still goes on."""
        return self.state in OPEN_STATES


class GivenAnswer(models.Model):
    """What is said to one question: a value, or why it does not apply, and a comment."""

    key = models.CharField(max_length=60)
    value = models.JSONField(null=True)
    not_applicable = models.BooleanField(default=False)
    reason = models.CharField(max_length=500, blank=True)
    comment = models.TextField(blank=True)

    class Meta:
        abstract = True

    @property
    def is_given(self) -> bool:
        """Whether the question is answered: a comment alone is no answer."""
        return self.value is not None or self.not_applicable


class Answer(GivenAnswer):
    """The answer that stands, and the revision it is."""

    evaluation = models.ForeignKey(Evaluation, on_delete=models.CASCADE, related_name="answers")
    revision = models.PositiveIntegerField()
    updated_at = models.DateTimeField()
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, related_name="+", null=True
    )

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        constraints = [
            models.UniqueConstraint(
                fields=["evaluation", "key"], name="bdis_evaluation_answer_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.key} ({self.revision})"


class AnswerRevision(GivenAnswer):
    """A value that somebody saved, kept whatever comes after.

    ``base`` is the revision its author was looking at. One that came from an older base and says
    something else is *conflicting* until somebody settles it: it does not stand, nor is it lost.
    """

    evaluation = models.ForeignKey(Evaluation, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    base = models.PositiveIntegerField()
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, related_name="+", null=True
    )
    saved_at = models.DateTimeField(default=timezone.now)
    #: Given by who saves, the same when a save is sent again: it is then written once.
    save_id = models.UUIDField()
    conflicting = models.BooleanField(default=False)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("revision of an answer")
        verbose_name_plural = _("revisions of an answer")
        ordering = ["evaluation", "key", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["evaluation", "key", "number"], name="bdis_evaluation_revision_number_once"
            ),
            models.UniqueConstraint(
                fields=["evaluation", "save_id", "key"], name="bdis_evaluation_revision_saved_once"
            ),
            models.CheckConstraint(
                condition=Q(base__lt=F("number")), name="bdis_evaluation_revision_after_base"
            ),
        ]
        indexes = [
            models.Index(
                fields=["evaluation"],
                condition=Q(conflicting=True, settled_at__isnull=True),
                name="bdis_evaluation_conflicts",
            )
        ]

    def __str__(self) -> str:
        return f"{self.key} ({self.number})"
