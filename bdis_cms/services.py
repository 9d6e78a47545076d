"""Acts on the facts that no revision keeps: adhesion, progress, suspension, confirmation.

Each act is atomic, leaves a line in Wagtail's log, and saves the row, so that whoever listens to
``post_save`` (the search index) follows.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.models import PageLogEntry

from bdis_cms.models import InitiativePage
from bdis_cms.models.initiative_facts import ProgressState
from bdis_cms.signals import listings_changed

LOG_CHARTER = "bdis_cms.charter_validity"
LOG_SUSPEND = "bdis_cms.suspend"
LOG_REINSTATE = "bdis_cms.reinstate"
LOG_CONFIRM = "bdis_cms.confirm"
LOG_PROGRESS = "bdis_cms.progress"

DEFAULT_GRACE_DAYS = 365


@dataclass
class AlreadySuspended(Exception):
    """The listing was suspended before; the first reason stands."""

    page: InitiativePage

    def __str__(self) -> str:
        return f"“{self.page.title}” is already suspended: reinstate it before suspending it anew."


@dataclass
class NotSuspended(Exception):
    """There is nothing to lift."""

    page: InitiativePage

    def __str__(self) -> str:
        return f"“{self.page.title}” is not suspended: there is nothing to lift."


@dataclass
class ConfirmedInTheFuture(ValueError):
    """Nobody confirms facts ahead of time."""

    on: datetime.date

    def __str__(self) -> str:
        return f"{self.on:%Y-%m-%d} is in the future: give the day when the facts were checked."


def grace_until(on: datetime.date | None = None) -> datetime.date:
    """Return the day until which a listing without adhesion may show, counted from ``on`` (today).

    ``BDIS_CHARTER_GRACE_DAYS`` days (365 by default): the time to have the charter signed.
    """
    days = int(getattr(settings, "BDIS_CHARTER_GRACE_DAYS", DEFAULT_GRACE_DAYS))
    return (on or timezone.localdate()) + datetime.timedelta(days=days)


def record_charter_validity(
    page: InitiativePage,
    *,
    valid_until: datetime.date | None,
    user: Any,
    signed_on: datetime.date | None = None,
) -> InitiativePage:
    """Record until when the adhesion to the charter holds, and since when it is signed.

    ``None`` records that there is none: neither adhesion, nor signature. ``OPEN_ENDED`` is the
    end of a signature to the version in force.
    """
    return _record(
        page,
        LOG_CHARTER,
        user,
        {"charter_valid_until": valid_until, "charter_signed_on": signed_on},
        {
            "valid_until": valid_until.isoformat() if valid_until else None,
            "signed_on": signed_on.isoformat() if signed_on else None,
        },
    )


def record_progress(
    page: InitiativePage, *, state: ProgressState | str, since: datetime.date | None, user: Any
) -> InitiativePage:
    """Record where the initiative is in its progress approach, "" when it has none; the day since
    which it is engaged."""
    return _record(
        page,
        LOG_PROGRESS,
        user,
        {"progress_state": str(state), "progress_since": since},
        {"state": str(state), "since": since.isoformat() if since else None},
    )


@transaction.atomic
def bound_charter_validity(page_ids: Sequence[int], *, until: datetime.date, user: Any) -> None:
    """End on ``until`` the adhesions that hold today, of many listings; constant queries."""
    today = timezone.localdate()
    pages = InitiativePage.objects.filter(pk__in=page_ids, charter_valid_until__gte=today)
    rows = list(pages.only("pk", "title", "draft_title", "content_type"))
    InitiativePage.objects.filter(pk__in=[row.pk for row in rows]).update(charter_valid_until=until)
    now = timezone.now()
    PageLogEntry.objects.bulk_create(
        [
            PageLogEntry(
                page=row,
                content_type_id=row.content_type_id,
                label=row.title,
                action=LOG_CHARTER,
                timestamp=now,
                uuid=uuid.uuid4(),
                user=user,
                data={"valid_until": until.isoformat()},
            )
            for row in rows
        ]
    )
    listings_changed.send(sender=InitiativePage, page_ids=[row.pk for row in rows])


@transaction.atomic
def suspend(page: InitiativePage, *, reason: str, user: Any) -> InitiativePage:
    """Hide the listing from the public, for a reason that stays in its history.

    Raises ``AlreadySuspended``, and ``ValueError`` without a reason.
    """
    if not reason.strip():
        raise ValueError("A suspension needs a reason.")
    if _locked(page).suspended_at:
        raise AlreadySuspended(page)
    return _record(
        page, LOG_SUSPEND, user, {"suspended_at": timezone.now()}, {"reason": reason.strip()}
    )


@transaction.atomic
def reinstate(page: InitiativePage, *, user: Any) -> InitiativePage:
    """Lift the suspension of the listing; raises ``NotSuspended``."""
    if not _locked(page).suspended_at:
        raise NotSuspended(page)
    return _record(page, LOG_REINSTATE, user, {"suspended_at": None}, {})


def confirm(page: InitiativePage, *, user: Any, on: datetime.date | None = None) -> InitiativePage:
    """Record that the facts were checked on ``on`` (today); raises ``ConfirmedInTheFuture``."""
    day = on or timezone.localdate()
    if day > timezone.localdate():
        raise ConfirmedInTheFuture(day)
    return _record(page, LOG_CONFIRM, user, {"confirmed_on": day}, {"on": day.isoformat()})


def suspension_reason(page: InitiativePage) -> str:
    """Return the reason of the current suspension, "" when there is none."""
    if not page.suspended_at:
        return ""
    entry = PageLogEntry.objects.filter(page=page.pk, action=LOG_SUSPEND).order_by("-pk").first()
    return str(entry.data.get("reason", "")) if entry else ""


def _locked(page: InitiativePage) -> InitiativePage:
    return InitiativePage.objects.select_for_update().get(pk=page.pk)


@transaction.atomic
def _record(
    page: InitiativePage, action: str, user: Any, facts: dict[str, Any], data: dict[str, Any]
) -> InitiativePage:
    """Write ``facts`` on the stored row (never a draft's other fields) and on ``page``."""
    row = _locked(page)
    for field, value in facts.items():
        setattr(row, field, value)
        setattr(page, field, value)
    # Facts alone change: a row that today's validation would refuse must still be suspendable.
    row.save(update_fields=list(facts), clean=False)  # type: ignore[call-arg]
    log(instance=row, action=action, user=user, data=data)
    return page
