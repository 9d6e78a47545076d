"""The settings of the engine, checked: what is wrong is told with its value and a remedy."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.core.exceptions import ImproperlyConfigured

_KNOWN = frozenset(
    """HOSTS API_KEY BASIC_AUTH CA_CERTS VERIFY_CERTS INDEX SHARDS REPLICAS SETTINGS TIMEOUT
    RETRIES""".split()  # noqa: SIM905
)
_PORTS = {"http": 9200, "https": 443}
_INDEX = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}")
#: A copy as soon as there is a second node to hold it; nothing amiss when there is none.
_COPIES = {"auto_expand_replicas": "0-1"}


@dataclass(frozen=True, slots=True)
class Options:
    """``BDIS_SEARCH["OPTIONS"]`` as read: ``settings`` are those of the index, by flat names."""

    hosts: list[str]
    index: str = "bdis"
    timeout: float = 5.0
    retries: int = 2
    settings: dict[str, Any] = field(default_factory=dict)
    access: dict[str, Any] = field(default_factory=dict, repr=False)


def read_options(options: Mapping[str, Any]) -> Options:
    """Return ``options`` checked; raise ``ImproperlyConfigured``."""
    unknown = sorted(set(options) - _KNOWN)
    if unknown:
        raise ImproperlyConfigured(
            f'BDIS_SEARCH["OPTIONS"] has {", ".join(unknown)}, which Elasticsearch does not take; '
            f"it takes {', '.join(sorted(_KNOWN))}."
        )
    hosts = list(_hosts(options.get("HOSTS")))
    return Options(
        hosts=hosts,
        index=_index(options.get("INDEX", "bdis")),
        timeout=_number(options, "TIMEOUT", 5.0, above=0, unit="seconds"),
        retries=int(_number(options, "RETRIES", 2, whole=True)),
        settings=_settings(options),
        access=_access(options, secure=hosts[0].startswith("https:")),
    )


def _wrong(name: str, value: object, remedy: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f'BDIS_SEARCH["OPTIONS"]["{name}"] is {value!r}: {remedy}.')


def _hosts(given: Any) -> Iterator[str]:
    listed = [given] if isinstance(given, str) else given
    if not listed or not isinstance(listed, list | tuple):
        raise ImproperlyConfigured(
            'BDIS_SEARCH["OPTIONS"] needs "HOSTS": the addresses of the nodes, such as '
            '["https://search-1.example.org:9200"].'
        )
    schemes = set()
    for host in listed:
        address = _address(host)
        schemes.add(address.scheme)
        name = f"[{address.hostname}]" if ":" in str(address.hostname) else address.hostname
        path = address.path.rstrip("/")
        yield f"{address.scheme}://{name}:{address.port or _PORTS[address.scheme]}{path}"
    if len(schemes) > 1:
        raise _wrong("HOSTS", listed, "give either http or https addresses, not both")


def _address(host: Any) -> SplitResult:
    try:
        address = urlsplit(host if isinstance(host, str) else "")
        usable = address.scheme in _PORTS and address.hostname and (address.port or True)
    except ValueError:
        address, usable = urlsplit(""), False
    # Before anything shows the address: a password may be in it.
    if isinstance(host, str) and "@" in host:
        raise ImproperlyConfigured(
            'An address of BDIS_SEARCH["OPTIONS"]["HOSTS"] holds a name and a password: give them '
            "as BASIC_AUTH = (name, password)."
        )
    if not usable:
        raise _wrong("HOSTS", host, 'an address is written "https://search-1.example.org:9200"')
    return address


def _index(name: Any) -> str:
    if not isinstance(name, str) or not _INDEX.fullmatch(name):
        remedy = "a name is made of small letters, digits, dots, hyphens and underscores"
        raise _wrong("INDEX", name, remedy)
    return name


def _number(
    options: Mapping[str, Any],
    name: str,
    default: float,
    *,
    above: float = -1,
    whole: bool = False,
    unit: str = "",
) -> float:
    value = options.get(name, default)
    kinds = (int,) if whole else (int, float)
    if isinstance(value, bool) or not isinstance(value, kinds) or not above < value < 1_000_000:
        kind = "a whole number" if whole else "a number"
        least = "more than 0" if above == 0 else "0 or more"
        raise _wrong(name, value, f"give {kind}{f' of {unit}' if unit else ''}, {least}")
    return value


def _access(options: Mapping[str, Any], *, secure: bool) -> dict[str, Any]:
    """Return who asks and how the nodes prove who they are, as the client takes it."""
    given = {
        name: options[name]
        for name in ("API_KEY", "BASIC_AUTH", "CA_CERTS", "VERIFY_CERTS")
        if options.get(name) is not None
    }
    if "API_KEY" in given and "BASIC_AUTH" in given:
        raise ImproperlyConfigured(
            'BDIS_SEARCH["OPTIONS"] has API_KEY and BASIC_AUTH: give one of them.'
        )
    pair = given.get("BASIC_AUTH", ("", ""))
    if not isinstance(pair, list | tuple) or [type(part) for part in pair] != [str, str]:
        raise ImproperlyConfigured(
            'BDIS_SEARCH["OPTIONS"]["BASIC_AUTH"] is not a pair: give (name, password).'
        )
    if not isinstance(given.get("API_KEY", ""), str):
        raise ImproperlyConfigured(
            'BDIS_SEARCH["OPTIONS"]["API_KEY"] is not a text: give the “encoded” key that '
            "Elasticsearch answered when it was made."
        )
    if "CA_CERTS" in given and not Path(given["CA_CERTS"]).is_file():
        raise _wrong("CA_CERTS", str(given["CA_CERTS"]), "there is no such file")
    if not isinstance(given.get("VERIFY_CERTS", True), bool):
        raise _wrong("VERIFY_CERTS", given["VERIFY_CERTS"], "give True or False")
    if "CA_CERTS" in given and not secure:
        raise _wrong("CA_CERTS", str(given["CA_CERTS"]), "it needs https:// addresses in HOSTS")
    if not secure:
        given.pop("VERIFY_CERTS", None)
    access = {name.lower(): value for name, value in given.items()}
    if not access.get("verify_certs", True):
        # Whoever asked for it knows.
        access["ssl_show_warn"] = False
    if "basic_auth" in access:
        access["basic_auth"] = tuple(access["basic_auth"])
    if "ca_certs" in access:
        access["ca_certs"] = str(access["ca_certs"])
    return access


def _settings(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of the index; an index template of the cluster decides the others."""
    given = options.get("SETTINGS") or {}
    if not isinstance(given, Mapping):
        raise _wrong("SETTINGS", given, "give the settings of an index as a dictionary")
    settings = dict(_flat(given))
    if options.get("SHARDS") is not None:
        shards = _number(options, "SHARDS", 1, above=0, whole=True)
        settings.setdefault("number_of_shards", shards)
    copies: dict[str, Any] = _COPIES
    if options.get("REPLICAS") is not None:
        copies = {"number_of_replicas": _number(options, "REPLICAS", 0, whole=True)}
    if not {"number_of_replicas", "auto_expand_replicas"} & set(settings):
        settings |= copies
    return settings


def _flat(settings: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield settings by their whole names, without the “index.” before them."""
    for name, value in settings.items():
        whole = f"{prefix}{name}"
        if isinstance(value, Mapping):
            yield from _flat(value, f"{whole}.")
        else:
            yield whole.removeprefix("index."), value
