"""The state of a listing in the words of editors: for filters, columns and counts."""

from __future__ import annotations

import datetime
from collections.abc import Callable

from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, Q
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page, PageViewRestriction, WorkflowState

from bdis_cms.models import InitiativePage
from bdis_cms.models.initiative_facts import InitiativeQuerySet

STALE_AFTER = datetime.timedelta(days=365)
AGEING_AFTER = datetime.timedelta(days=182)

STATES: dict[str, str | Promise] = {
    "public": _("Public"),
    "published": _("Published, seen by the public or not"),
    "draft": _("Draft"),
    "moderation": _("In moderation"),
    "changed": _("Published, with changes waiting"),
    "no_charter": _("Hidden: no adhesion to the charter"),
    "lapsed": _("Hidden: adhesion ended"),
    "suspended": _("Hidden: suspended"),
}

#: Short words for the column, where the row is narrow.
STATE_LABELS: dict[str, str | Promise] = STATES | {
    "changed": _("Changes waiting"),
    "no_charter": _("Hidden: no adhesion"),
    "private": _("Hidden: private part of the site"),
}

FRESHNESS: dict[str, str | Promise] = {
    "fresh": _("Confirmed within six months"),
    "ageing": _("Confirmed six to twelve months ago"),
    "stale": _("Confirmed over a year ago"),
    "never": _("Never confirmed"),
    "due": _("To confirm: over a year ago, or never"),
}


def in_moderation() -> Exists:
    """Return the condition "a workflow is under way" over listings."""
    return Exists(
        WorkflowState.objects.active().filter(
            base_content_type=ContentType.objects.get_for_model(Page),
            object_id=Cast(OuterRef("pk"), CharField()),
        )
    )


def with_state(listings: InitiativeQuerySet) -> InitiativeQuerySet:
    """Annotate ``is_in_moderation`` and ``is_private``, which ``state_of`` reads."""
    restrictions = PageViewRestriction.objects.annotate(
        branch=ExpressionWrapper(OuterRef("path"), output_field=CharField())
    )
    return listings.annotate(
        is_in_moderation=in_moderation(),
        is_private=Exists(restrictions.filter(branch__startswith=F("page__path"))),
    )


def in_state(listings: InitiativeQuerySet, state: str) -> InitiativeQuerySet:
    """Keep the listings in ``state``, a key of ``STATES``; raises ``KeyError`` if unknown."""
    today = timezone.localdate()
    conditions: dict[str, Callable[[], InitiativeQuerySet]] = {
        "public": lambda: listings.public(today),
        "published": lambda: listings.live(),
        "draft": lambda: listings.filter(~in_moderation(), live=False),
        "moderation": lambda: listings.filter(in_moderation()),
        "changed": lambda: listings.filter(
            ~in_moderation(), live=True, has_unpublished_changes=True
        ),
        "no_charter": lambda: listings.filter(live=True, charter_valid_until__isnull=True),
        "lapsed": lambda: listings.filter(live=True, charter_valid_until__lt=today),
        "suspended": lambda: listings.filter(live=True, suspended_at__isnull=False),
    }
    return conditions[state]()


def state_of(page: InitiativePage) -> str:
    """Return what matters most of ``page``, which ``with_state`` annotated; asks no query.

    A key of ``STATE_LABELS``.
    """
    if page.suspended_at and page.live:
        return "suspended"
    if page.is_in_moderation:
        return "moderation"
    if not page.live:
        return "draft"
    if page.charter_valid_until is None:
        return "no_charter"
    if page.charter_valid_until < timezone.localdate():
        return "lapsed"
    if page.is_private:
        return "private"
    return "changed" if page.has_unpublished_changes else "public"


def is_due() -> Q:
    """Return the condition "not confirmed for a year" over listings."""
    stale = timezone.localdate() - STALE_AFTER
    return Q(confirmed_on__lt=stale) | Q(confirmed_on__isnull=True)


def of_freshness(listings: InitiativeQuerySet, freshness: str) -> InitiativeQuerySet:
    """Keep the listings of ``freshness``, a key of ``FRESHNESS``, else ``KeyError``."""
    stale = timezone.localdate() - STALE_AFTER
    ageing = timezone.localdate() - AGEING_AFTER
    conditions = {
        "fresh": Q(confirmed_on__gte=ageing),
        "ageing": Q(confirmed_on__lt=ageing, confirmed_on__gte=stale),
        "stale": Q(confirmed_on__lt=stale),
        "never": Q(confirmed_on__isnull=True),
        "due": is_due(),
    }
    return listings.filter(conditions[freshness])
