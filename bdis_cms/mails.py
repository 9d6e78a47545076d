"""E-mails of the directory: as text and as HTML, from the network, with true addresses."""

from __future__ import annotations

import re
from email.utils import formataddr, parseaddr
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from wagtail.models import Site

from bdis_cms.templatetags.bdis import network_name
from bdis_cms.text import clean

_LONGEST_SUBJECT = 120
#: Not the narrow spaces that French puts before a colon.
_BREAKS = re.compile(r"[ \t\r\n\v\f\x85\u2028\u2029]+")


def compose(
    template: str, *, to: str, subject: str, context: dict[str, Any]
) -> EmailMultiAlternatives:
    """Return the e-mail of ``template``: both ``<template>.txt`` and ``<template>.html``.

    In the language that is active. The templates also get ``network``, ``subject``, ``home_url``.
    """
    network = network_name()
    context = context | {"network": network, "subject": subject, "home_url": absolute("/")}
    message = EmailMultiAlternatives(
        subject=one_line(subject),
        body=clean(render_to_string(f"{template}.txt", context)),
        from_email=sender(network),
        to=[to],
        headers={"Auto-Submitted": "auto-generated"},
    )
    message.attach_alternative(clean(render_to_string(f"{template}.html", context)), "text/html")
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


def absolute(path: str) -> str:
    """Return the public address of a path.

    From the settings, never from a request: whoever asks could write another host in it.
    """
    base = getattr(settings, "WAGTAILADMIN_BASE_URL", "")
    if not base:
        site = Site.objects.filter(is_default_site=True).first()
        base = site.root_url if site else ""
    return urljoin(base, path)
