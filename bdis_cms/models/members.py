"""The people who act for an initiative, with their own account."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bdis_cms.models.initiative import InitiativePage

#: What an invitation holds of a person is erased that long after it was used or expired.
KEPT_AFTER_USE = datetime.timedelta(days=30)


class MemberRole(models.TextChoices):
    """What a person may do for an initiative: an owner also signs and invites."""

    OWNER = "owner", _("Owner")
    CONTRIBUTOR = "contributor", _("Contributor")


class InitiativeMember(models.Model):
    """An account that acts for an initiative; one person may act for several."""

    initiative = models.ForeignKey(
        InitiativePage,
        verbose_name=_("initiative"),
        on_delete=models.CASCADE,
        related_name="members",
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("account"),
        on_delete=models.CASCADE,
        related_name="initiative_memberships",
    )
    role = models.CharField(
        _("role"), max_length=12, choices=MemberRole.choices, default=MemberRole.CONTRIBUTOR
    )
    joined_at = models.DateTimeField(_("joined on"), auto_now_add=True)

    class Meta:
        verbose_name = _("member of an initiative")
        verbose_name_plural = _("members of an initiative")
        ordering = ["role", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["initiative", "user"], name="bdis_cms_initiativemember_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.get_role_display()})"


class InvitationQuerySet(models.QuerySet["InitiativeInvitation"]):
    """Invitations by what can still be done with them."""

    def waiting(self) -> InvitationQuerySet:
        """Keep those that nobody has accepted, expired or not."""
        return self.filter(accepted_at__isnull=True)

    def open(self, now: datetime.datetime | None = None) -> InvitationQuerySet:
        """Keep those that can be accepted now."""
        return self.waiting().filter(expires_at__gt=now or timezone.now())

    def outdated(self) -> InvitationQuerySet:
        """Keep those that are of no use any more: what they hold of a person is to be erased."""
        end = timezone.now() - KEPT_AFTER_USE
        return self.filter(models.Q(accepted_at__lt=end) | models.Q(expires_at__lt=end))


class InitiativeInvitation(models.Model):
    """An e-mail that invites somebody to act for an initiative.

    Its link holds a secret of which only the hash is stored: who reads the database, or a copy of
    it, cannot join.
    """

    initiative = models.ForeignKey(
        InitiativePage,
        verbose_name=_("initiative"),
        on_delete=models.CASCADE,
        related_name="invitations",
    )
    email = models.EmailField(_("e-mail"), help_text=_("In lower case: compared as it is."))
    role = models.CharField(
        _("role"), max_length=12, choices=MemberRole.choices, default=MemberRole.CONTRIBUTOR
    )
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("invited by"),
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
    )
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    sent_at = models.DateTimeField(_("sent on"), default=timezone.now)
    expires_at = models.DateTimeField(_("valid until"))
    accepted_at = models.DateTimeField(_("accepted on"), null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-sent_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["initiative", "email"],
                condition=models.Q(accepted_at__isnull=True),
                name="bdis_cms_initiativeinvitation_one_waiting",
            )
        ]

    def __str__(self) -> str:
        return f"{self.initiative} ({self.get_role_display()})"

    @property
    def is_expired(self) -> bool:
        """Whether its link came too late."""
        return self.expires_at <= timezone.now()
