"""Following a search by e-mail: asking, confirming, changing, stopping."""

from __future__ import annotations

import datetime
import logging
from copy import copy
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from bdis_cms.throttling import allowed, give_back
from bdis_search.backends.base import SearchEngineError
from bdis_search.models import Frequency, SavedSearch
from bdis_search.models.saved import CONFIRM_WITHIN
from bdis_search.saved import mails
from bdis_search.saved.criteria import Criteria
from bdis_search.saved.known import pack
from bdis_search.saved.matching import NotUnderstood, TooMany, matching

logger = logging.getLogger("bdis.search")

#: Mails that an address gets in a day because somebody typed it in a form.
MOST_MAILS_A_DAY = 3
_MOST_MAILS_AN_HOUR = 300
DAYS_TO_CONFIRM = CONFIRM_WITHIN.days
_DAY = datetime.timedelta(days=1)
#: Beyond, the stock is read by the next ``send_digests`` rather than while somebody waits.
_READ_AT_ONCE = 20_000


class MailNotSent(Exception):
    """The mail server does not take the mail that asks to confirm."""


def ask(criteria: Criteria, *, email: str, frequency: str, language: str) -> None:
    """Note that somebody wants to follow a search, and send the e-mail that asks to confirm.

    An address that follows it already is sent the link to change it, and nothing of it changes:
    anybody can type any address. Nothing tells the caller which of the two happened. Raises
    ``MailNotSent``.
    """
    purge()
    before = _same(criteria, email)
    # A search asks for one mail a day at most: the searches asked for lately are so many mails.
    lately = SavedSearch.objects.of_address(email).filter(asked_at__gt=timezone.now() - _DAY)
    is_repeated = before is not None and before.asked_at > timezone.now() - _DAY
    if is_repeated or lately.count() >= MOST_MAILS_A_DAY:
        return
    # Counted apart too: who stops is erased, and may be asked again at once.
    who = email.lower()
    if not allowed("mails", who, MOST_MAILS_A_DAY, int(_DAY.total_seconds())):
        return
    # Of all addresses together, mails that would go and nothing else: tries are no reason to
    # close the form to others.
    if not allowed("mails", "", _MOST_MAILS_AN_HOUR, 3600):
        raise MailNotSent
    saved = _noted(before, criteria, email=email, frequency=frequency, language=language)
    if saved is None:
        return
    message = mails.already(saved) if saved.is_confirmed else mails.confirmation(saved)
    try:
        message.send()
    except Exception as error:
        # What mail servers answer quotes the address: only its kind is told.
        logger.error("A confirmation could not be sent (%s).", type(error).__name__)
        give_back("mails", who)
        if before is None:
            forget(saved)
        else:
            saved.take_turn(asked_at=before.asked_at)
        raise MailNotSent from None


def _same(criteria: Criteria, email: str) -> SavedSearch | None:
    mine = SavedSearch.objects.of_address(email).defer("known")
    return mine.filter(fingerprint=criteria.fingerprint).first()


def _noted(
    before: SavedSearch | None, criteria: Criteria, *, email: str, frequency: str, language: str
) -> SavedSearch | None:
    """Write what is asked for; ``None`` when the same is being asked elsewhere right now."""
    wishes = {"words": criteria.words, "frequency": frequency, "language": language}
    if before is None:
        saved = SavedSearch(
            email=email, search=criteria.search, fingerprint=criteria.fingerprint, **wishes
        )
        try:
            with transaction.atomic():
                saved.save()
        except IntegrityError:
            return None
        return saved
    saved = copy(before)
    changes: dict[str, Any] = {"asked_at": timezone.now()}
    if saved.given_up_at:
        changes |= {"confirmed_at": None, "given_up_at": None, "failures": 0, "known": None}
    if saved.given_up_at or not saved.is_confirmed:
        changes |= wishes
    return saved if saved.take_turn(**changes) else None


def confirm(saved: SavedSearch) -> None:
    """Begin to tell what is new from now on; what the search holds today is no news."""
    if saved.is_confirmed:
        return
    now = timezone.now()
    saved.take_turn(
        confirmed_at=now,
        known=_stock(saved),
        next_on=next_look(timezone.localdate(), saved.frequency),
    )


def _stock(saved: SavedSearch) -> bytes | None:
    """Return what the search holds, packed; ``None`` when it must be read later."""
    try:
        return pack(matching(saved.search, _READ_AT_ONCE))
    except (SearchEngineError, TooMany, NotUnderstood):
        return None


def change_frequency(saved: SavedSearch, frequency: str) -> None:
    """Tell from now on at another rhythm."""
    next_on = next_look(timezone.localdate(), frequency)
    saved.take_turn(frequency=frequency, next_on=next_on)


def forget(saved: SavedSearch) -> None:
    """Stop at once and erase the address."""
    SavedSearch.objects.filter(pk=saved.pk).delete()


def forget_address(email: str) -> int:
    """Erase every saved search of an address; return how many there were."""
    return SavedSearch.objects.of_address(email.strip()).delete()[0]


def purge() -> int:
    """Erase the addresses that were not confirmed in time; return how many."""
    return SavedSearch.objects.outdated().delete()[0]


def next_look(day: datetime.date, frequency: str) -> datetime.date:
    """Return the day to look again after ``day``: in a week, or the same day of next month."""
    if frequency == Frequency.WEEKLY:
        return day + datetime.timedelta(days=7)
    month = (day.replace(day=1) + datetime.timedelta(days=32)).replace(day=1)
    return month.replace(day=min(day.day, 28))
