"""Co-evaluation: who was asked, what they answered, what was agreed together."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bdis_cms.models import InitiativePage
from bdis_evaluation.models.evaluations import Evaluation, EvaluationState, GivenAnswer


class InvitedGroup(models.TextChoices):
    """In what capacity somebody answers."""

    USERS = "users", pgettext_lazy("people that an initiative serves", "Users")
    EMPLOYEES = "employees", _("Employees")
    VOLUNTEERS = "volunteers", _("Members and volunteers")
    PARTNERS = "partners", _("Partners")
    PEERS = "peers", _("Peers")


class InvitationQuerySet(models.QuerySet):
    """Invitations by what can be said of them."""

    def open(self) -> InvitationQuerySet:
        """Keep those that are answered now: nobody said to have finished, the time is not over."""
        return self.standing().filter(
            answered_at__isnull=True,
            evaluation__state=EvaluationState.SHARED,
            evaluation__gathered_at__isnull=True,
            evaluation__answers_until__gte=timezone.localdate(),
        )

    def of_stakeholders(self) -> InvitationQuerySet:
        """Keep those of people, apart from the peers, who are initiatives."""
        return self.filter(peer__isnull=True)

    def of_peers(self) -> InvitationQuerySet:
        """Keep those of initiatives."""
        return self.filter(peer__isnull=False)

    def standing(self) -> InvitationQuerySet:
        """Keep those that were not taken back."""
        return self.filter(revoked_at__isnull=True)

    def answered(self) -> InvitationQuerySet:
        """Keep those whose guest said to have finished; the others' answers are nobody's yet."""
        return self.standing().filter(answered_at__isnull=False)


class Invitation(models.Model):
    """Somebody asked to say how they see the initiative, question by question.

    The link holds a secret of which only the SHA-256 is kept. ``email`` is personal data: it is
    blanked when the evaluation ends.
    """

    evaluation = models.ForeignKey(Evaluation, on_delete=models.CASCADE, related_name="invitations")
    group = models.CharField(_("in what capacity"), max_length=10, choices=InvitedGroup.choices)
    email = models.EmailField(_("e-mail"), blank=True)
    peer = models.ForeignKey(
        InitiativePage,
        verbose_name=_("peer"),
        on_delete=models.CASCADE,
        related_name="peer_invitations",
        null=True,
        blank=True,
    )
    secret_hash = models.CharField(max_length=64, unique=True)
    invited_at = models.DateTimeField(_("invited on"), default=timezone.now)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, related_name="+", null=True
    )
    sent_at = models.DateTimeField(_("sent on"), null=True)
    answered_at = models.DateTimeField(_("answered on"), null=True)
    revoked_at = models.DateTimeField(_("taken back on"), null=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation to answer")
        verbose_name_plural = _("invitations to answer")
        ordering = ["evaluation", "group", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(group="peers", peer__isnull=False)
                | (~Q(group="peers") & Q(peer__isnull=True)),
                name="bdis_evaluation_invitation_peers_are_initiatives",
            ),
            models.UniqueConstraint(
                fields=["evaluation", "peer"],
                condition=Q(peer__isnull=False, revoked_at__isnull=True),
                name="bdis_evaluation_invitation_peer_once",
            ),
            models.UniqueConstraint(
                fields=["evaluation", "email"],
                condition=~Q(email="") & Q(revoked_at__isnull=True),
                name="bdis_evaluation_invitation_email_once",
            ),
        ]

    def __str__(self) -> str:
        return self.get_group_display()


class GuestAnswer(GivenAnswer):
    """What a guest says to one question; a question left out is « I do not know »."""

    invitation = models.ForeignKey(Invitation, on_delete=models.CASCADE, related_name="answers")
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("answer of a guest")
        verbose_name_plural = _("answers of guests")
        constraints = [
            models.UniqueConstraint(
                fields=["invitation", "key"], name="bdis_evaluation_guestanswer_once"
            )
        ]

    def __str__(self) -> str:
        return self.key


class JointMeeting(models.Model):
    """The meeting where the answers are put side by side and something is agreed."""

    evaluation = models.OneToOneField(Evaluation, on_delete=models.CASCADE, related_name="meeting")
    held_on = models.DateField(_("held on"))
    present = models.TextField(
        _("who was there"),
        blank=True,
        help_text=_("In what capacity rather than by name: two employees, a partner town…"),
    )
    summary = models.TextField(_("what was said"), blank=True)

    class Meta:
        verbose_name = _("joint meeting")
        verbose_name_plural = _("joint meetings")

    def __str__(self) -> str:
        return f"{self.evaluation} ({self.held_on})"


class AgreedAnswer(GivenAnswer):
    """The answer that the meeting agreed on for one question."""

    meeting = models.ForeignKey(JointMeeting, on_delete=models.CASCADE, related_name="agreed")

    class Meta:
        verbose_name = _("answer agreed on")
        verbose_name_plural = _("answers agreed on")
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "key"], name="bdis_evaluation_agreedanswer_once"
            )
        ]

    def __str__(self) -> str:
        return self.key
