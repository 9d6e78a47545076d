"""The people who act for an initiative, with their own account."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from bdis_cms.models.initiative import InitiativePage


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
