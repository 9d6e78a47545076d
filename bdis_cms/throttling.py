"""How often a visitor may fill a public form.

A few lines on Django's cache rather than a library: django-ratelimit refuses to start on the cache
in memory that a small site has. That one counts by process: the true limit is then so many times
higher, which is enough against a flood. What an address may receive is counted in the database.
"""

from __future__ import annotations

import ipaddress
from contextlib import suppress

from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

#: Where proxies are: this machine, private networks.
_NEAR = tuple(
    ipaddress.ip_network(network)
    for network in (
        *("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"),
        *("::1/128", "fc00::/7"),
    )
)


def allowed(scope: str, who: str, limit: int, seconds: int) -> bool:
    """Count one more act of ``who`` and return whether they are ``limit`` at most in ``seconds``.

    The cache holds a keyed hash of ``who``, never what they are.
    """
    key = _key(scope, who)
    cache.add(key, 0, seconds)
    try:
        return bool(cache.incr(key) <= limit)
    except ValueError:  # it ended in between
        cache.set(key, 1, seconds)
        return True


def give_back(scope: str, who: str) -> None:
    """Count one act of ``who`` less: it came to nothing."""
    with suppress(ValueError):
        cache.decr(_key(scope, who))


def _key(scope: str, who: str) -> str:
    name = salted_hmac(f"bdis_cms.throttling.{scope}", who).hexdigest()
    return f"bdis_cms.throttling.{name}"


def client_of(request: HttpRequest) -> str:
    """Return the network of the visitor: an IPv4 address, the first half of an IPv6 one.

    Behind a proxy of this machine or network, the address that the proxy saw; a visitor can write
    anything to the left of it.
    """
    peer = request.META.get("REMOTE_ADDR", "")
    if _is_near(peer):
        peer = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip() or peer
    try:
        address = ipaddress.ip_address(peer)
    except ValueError:
        return "unknown"
    if address.version == 6:
        return str(ipaddress.ip_network(f"{address}/64", strict=False))
    return str(address)


def _is_near(peer: str) -> bool:
    try:
        address = ipaddress.ip_address(peer)
    except ValueError:
        return not peer  # a Unix socket
    return any(address in network for network in _NEAR if network.version == address.version)
