"""The option by which a command is told which engines it is about."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError

from django.core.management.base import CommandError

from bdis_search.engine import engines
from bdis_search.params import whole_number


def add_engine_option(parser: ArgumentParser) -> None:
    """Let the command line name an engine by its role."""
    parser.add_argument(
        "--engine",
        choices=["primary", "standby", "all"],
        default="all",
        help="The engine that answers, the one that does when it is away, or both (the default).",
    )


def count(raw: str) -> int:
    """Return a number of the command line that cannot be negative."""
    value = whole_number(raw, 0, 1_000_000)
    if value is None:
        raise ArgumentTypeError(f"“{raw}” is no number from 0 to 1,000,000.")
    return value


def roles_of(engine: str) -> list[str]:
    """Return the roles that the option asks for; raise ``CommandError`` when one has no engine."""
    configured = list(engines())
    if engine == "all":
        return configured
    if engine not in configured:
        raise CommandError(f'BDIS_SEARCH names no {engine} engine: add "STANDBY" to it.')
    return [engine]
