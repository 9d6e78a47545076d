"""What stops an import before it changes anything."""

from dataclasses import dataclass, field
from pathlib import Path

from django.utils.translation import gettext as _


@dataclass
class UnreadableFile(Exception):
    """The file cannot be read as a table of rows."""

    path: Path
    reason: str

    def __str__(self) -> str:
        return _("%(file)s cannot be read: %(reason)s") % {
            "file": self.path.name,
            "reason": self.reason,
        }


@dataclass
class MappingProblem:
    """One fault of a mapping: the key, what is wrong there, and what to do."""

    key: str
    fault: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.key}: {self.fault} {self.remedy}".strip()


@dataclass
class InvalidMapping(Exception):
    """A mapping breaks the rules of its format; every fault is listed."""

    name: str
    problems: list[MappingProblem] = field(default_factory=list)

    def __str__(self) -> str:
        lines = "\n".join(f"  - {problem}" for problem in self.problems)
        return _("The mapping %(name)s is not valid:") % {"name": self.name} + f"\n{lines}"


@dataclass
class UnknownSource(LookupError):
    """No mapping bears this key."""

    key: str
    known: tuple[str, ...]

    def __str__(self) -> str:
        return _(
            "No mapping for the source “%(key)s”. Known: %(known)s. Give your own with --mapping "
            "FILE, or register one with the hook register_bdis_importer."
        ) % {"key": self.key, "known": ", ".join(self.known)}
