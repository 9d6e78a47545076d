"""Documents into drafts, versions into documents, and the grids that plug-ins offer."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction
from wagtail import hooks

from bdis_evaluation.grids.blocks import write_content
from bdis_evaluation.grids.documents import GridDocument, read_document
from bdis_evaluation.grids.publishing import new_draft
from bdis_evaluation.grids.yaml_reading import GridRefused
from bdis_evaluation.models.grids import Grid, GridVersion, VersionStatus

#: A function that returns the path of a grid, or its plain values.
HOOK = "register_bdis_grid"
DATA = Path(__file__).resolve().parent.parent / "data"
#: Grids of the package, in the order they are shown.
SHIPPED = ("demarche-progres", "csess")


@dataclass(frozen=True)
class OfferedGrid:
    """A grid that a plug-in brings: the document, or why it is refused."""

    name: str
    document: GridDocument | None
    refused: GridRefused | None = None


@transaction.atomic
def import_document(
    document: GridDocument, *, user: Any, replace_draft: bool = False
) -> GridVersion:
    """Make a draft of a document; a grid that is already there keeps its title and purpose.

    Raises ``DraftExists`` unless ``replace_draft``.
    """
    grid, _created = Grid.objects.get_or_create(
        code=document.code,
        defaults={
            "title": document.title,
            "purpose": document.purpose,
            "minutes": document.minutes,
            "position": Grid.objects.count(),
        },
    )
    if replace_draft:
        for draft in grid.versions.filter(status=VersionStatus.DRAFT):
            draft.delete()
    draft = new_draft(grid, user=user, themes=write_content(document.content))
    if document.changes:
        draft.changes = document.changes
        draft.save()
    return draft


def export_version(version: GridVersion) -> GridDocument:
    """Return the document of a version."""
    grid = version.grid
    return GridDocument(
        grid.code, grid.title, grid.purpose, grid.minutes, version.changes, version.content
    )


def offered_grids() -> list[OfferedGrid]:
    """Return the grids of the package and of plug-ins, those with errors too."""
    sources: list[Any] = [shipped_path(name) for name in SHIPPED]
    sources += [register() for register in hooks.get_hooks(HOOK)]
    offered = []
    for source in sources:
        source = Path(source) if isinstance(source, str) else source
        name = source.name if isinstance(source, Path) else str(source.get("code", ""))
        try:
            offered.append(OfferedGrid(name, read_document(source)))
        except GridRefused as refused:
            offered.append(OfferedGrid(name, None, refused))
    return offered


def shipped_path(name: str) -> Path:
    """Return the file of a grid of the package."""
    return DATA / f"grid_{name}.yaml"


def ensure_grids() -> list[Grid]:
    """Write the grids of the package, as drafts, where they are not; change nothing else."""
    for name in SHIPPED:
        if not Grid.objects.filter(code=name).exists():
            import_document(read_document(shipped_path(name)), user=None)
    return list(Grid.objects.filter(code__in=SHIPPED))
