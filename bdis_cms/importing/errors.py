"""What stops an import before it changes anything."""

from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class UnreadableFile(Exception):
    """The file cannot be read as a table of rows."""

    path: Path
    reason: str

    def __str__(self) -> str:
        return f"{self.path.name} cannot be read: {self.reason}"


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
        return f"The mapping {self.name} is not valid:\n{lines}"


@dataclass
class UnknownSource(LookupError):
    """No mapping bears this key."""

    key: str
    known: tuple[str, ...]

    def __str__(self) -> str:
        return (
            f"No mapping for the source “{self.key}”. Known: {', '.join(self.known) or 'none'}. "
            "Give your own with --mapping FILE, or register one with the hook "
            "register_bdis_importer."
        )
