"""Contents of grids, read once for each version by each process: a frozen one never changes."""

from __future__ import annotations

from collections.abc import Collection

from bdis_evaluation.grids.content import GridContent
from bdis_evaluation.models import GridVersion

#: By the hash of the content: a few dozen versions at most in the life of a network.
_read: dict[str, GridContent] = {}
_MOST = 200


def contents_of(version_pks: Collection[int]) -> dict[int, GridContent]:
    """Return the contents of versions, by key, in one query, and one more for those not yet read.

    Reading a grid takes longer than asking for all the rest of a page: it is not done by row.
    """
    hashes = dict(
        GridVersion.objects.filter(pk__in=version_pks).values_list("pk", "content_hash").order_by()
    )
    unread = [pk for pk, known in hashes.items() if known not in _read]
    fresh = {version.pk: version.content for version in GridVersion.objects.filter(pk__in=unread)}
    found = {pk: fresh[pk] if pk in fresh else _read[known] for pk, known in hashes.items()}
    if len(_read) > _MOST:
        _read.clear()
    _read.update({hashes[pk]: content for pk, content in fresh.items() if hashes[pk]})
    return found
