"""The e-mails of saved searches: in the language of whom asked, as text and as HTML."""

from __future__ import annotations

import re
from email.utils import formataddr, parseaddr
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.models import Site

from bdis_cms.templatetags.bdis import network_name
from bdis_search.feed_formats import clean
from bdis_search.models import SavedSearch
from bdis_search.models.saved import CONFIRM_WITHIN
from bdis_search.saved.digests import Digest
from bdis_search.saved.tokens import confirm_token, link_token

_LONGEST_SUBJECT = 120
#: Not the narrow spaces that French puts before a colon.
_BREAKS = re.compile(r"[ \t\r\n\v\f\x85\u2028\u2029]+")


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
    network = network_name()
    context = context | {
        "saved": saved,
        "network": network,
        "subject": subject,
        "home_url": absolute("/"),
        "search_url": search_address(saved),
        "manage_url": _address("bdis_search:follow_manage", link_token(saved, "manage")),
    }
    message = EmailMultiAlternatives(
        subject=one_line(subject),
        body=clean(render_to_string(f"bdis_search/mail/{name}.txt", context)),
        from_email=sender(network),
        to=[saved.email],
        headers={"Auto-Submitted": "auto-generated"},
    )
    html = clean(render_to_string(f"bdis_search/mail/{name}.html", context))
    message.attach_alternative(html, "text/html")
    return message


def one_line(text: str) -> str:
    """Return ``text`` as a header can hold it: no line break, not too long."""
    line = _BREAKS.sub(" ", clean(text)).strip()
    return line if len(line) <= _LONGEST_SUBJECT else line[: _LONGEST_SUBJECT - 1] + "…"


def sender(network: str) -> str:
    """Return who the e-mails come from, by the name of the network unless the setting has one."""
    address = getattr(settings, "BDIS_DIGEST_FROM", "") or settings.DEFAULT_FROM_EMAIL
    name, mailbox = parseaddr(address)
    return formataddr((name or one_line(network), mailbox))


def search_address(saved: SavedSearch) -> str:
    """Return the address of a saved search, latest confirmed first."""
    query = f"{saved.search}&sort=recent" if saved.search else "sort=recent"
    return f"{absolute(reverse('bdis_search:search'))}?{query}"


def absolute(path: str) -> str:
    """Return the public address of a path.

    From the settings, never from a request: whoever asks could write another host in it.
    """
    base = getattr(settings, "WAGTAILADMIN_BASE_URL", "")
    if not base:
        site = Site.objects.filter(is_default_site=True).first()
        base = site.root_url if site else ""
    return urljoin(base, path)


def _address(view: str, token: str) -> str:
    return absolute(reverse(view, args=[token]))
