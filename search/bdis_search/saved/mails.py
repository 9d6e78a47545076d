"""The e-mails of saved searches: in the language of whom asked, as text and as HTML."""

from __future__ import annotations

from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bdis_cms.mails import absolute, compose
from bdis_cms.templatetags.bdis import network_name
from bdis_search.models import SavedSearch
from bdis_search.models.saved import CONFIRM_WITHIN
from bdis_search.saved.digests import Digest
from bdis_search.saved.tokens import confirm_token, link_token


def confirmation(saved: SavedSearch) -> EmailMultiAlternatives:
    """Return the e-mail that asks whether the address is the one of who typed it."""
    with translation.override(saved.language):
        context = {
            "confirm_url": _address("bdis_search:follow_confirm", confirm_token(saved)),
            "days": CONFIRM_WITHIN.days,
        }
        # Without the words: whoever typed them may not be who reads them.
        subject = _("Confirm that you follow a search on %(network)s") % {"network": network_name()}
        return _message(saved, "confirmation", subject, context)


def already(saved: SavedSearch) -> EmailMultiAlternatives:
    """Return the e-mail to who asks again for what they get already."""
    with translation.override(saved.language):
        subject = _("You already follow: %(search)s") % {"search": saved.words}
        return _message(saved, "already", subject, {})


def digest_message(digest: Digest) -> EmailMultiAlternatives:
    """Return the e-mail that tells what is new."""
    saved = digest.saved
    with translation.override(saved.language):
        total = len(digest.ids)
        subject = ngettext(
            "%(n)s new initiative: %(search)s", "%(n)s new initiatives: %(search)s", total
        ) % {"n": total, "search": saved.words}
        stop_url = _address("bdis_search:follow_stop", link_token(saved, "stop"))
        context = {
            "total": total,
            "more": total - len(digest.listings),
            "listings": [
                {"listing": listing, "url": absolute(listing.url)} for listing in digest.listings
            ],
            "stop_url": stop_url,
        }
        message = _message(saved, "digest", subject, context)
    # RFC 8058: the mailbox shows its own button, which posts to that address.
    message.extra_headers["List-Unsubscribe"] = f"<{stop_url}>"
    message.extra_headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.extra_headers["Precedence"] = "bulk"
    return message


def _message(
    saved: SavedSearch, name: str, subject: str, context: dict[str, Any]
) -> EmailMultiAlternatives:
    context = context | {
        "saved": saved,
        "search_url": search_address(saved),
        "manage_url": _address("bdis_search:follow_manage", link_token(saved, "manage")),
    }
    return compose(f"bdis_search/mail/{name}", to=saved.email, subject=subject, context=context)


def search_address(saved: SavedSearch) -> str:
    """Return the address of a saved search, latest confirmed first."""
    query = f"{saved.search}&sort=recent" if saved.search else "sort=recent"
    return f"{absolute(reverse('bdis_search:search'))}?{query}"


def _address(view: str, token: str) -> str:
    return absolute(reverse(view, args=[token]))
