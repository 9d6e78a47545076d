"""The synonyms in force: those of the list, and what the network edits of them."""

from __future__ import annotations

from bdis_cms.remembering import remembered
from bdis_search.models import SynonymGroup
from bdis_search.synonyms import Synonyms, read_synonyms, shipped_content


@remembered(SynonymGroup)
def edited_synonyms() -> Synonyms:
    """Return the synonyms in force."""
    content = shipped_content()
    equivalent = list(content.get("equivalent") or ())
    also = {text: list(targets) for text, targets in (content.get("also") or {}).items()}
    apart = list(content.get("apart") or ())
    for group in SynonymGroup.objects.filter(active=True):
        match group.kind:
            case SynonymGroup.Kind.EQUIVALENT:
                equivalent.append(group.lines)
            case SynonymGroup.Kind.ALSO:
                first, *others = group.lines
                also.setdefault(first, []).extend(others)
            case SynonymGroup.Kind.APART:
                apart.append(group.lines)
    return read_synonyms({"equivalent": equivalent, "also": also, "apart": apart})
