"""What a practice keeps in lists for its charge entry: found, changed and dropped by version."""

from __future__ import annotations

from typing import TypeVar

from pynamodb.exceptions import DeleteError, PutError

from caresmith.audit import audit
from caresmith.errors import NotFound, VersionConflict
from caresmith.ids import EntityId
from functions.charges.records import FavouriteItem, LaboratoryItem

ItemT = TypeVar("ItemT", FavouriteItem, LaboratoryItem)


def find(kind: type[ItemT], pk: str, key: EntityId, expected: int | None = None) -> ItemT:
    """The one of that id, as somebody has seen it. Raises NotFound, VersionConflict."""
    audit().record(key)
    found = kind.query(pk, kind.sk == key, consistent_read=True, limit=1)
    item = next(iter(found), None)
    if item is None:
        raise NotFound
    if expected is not None and int(item.version) != expected:
        raise VersionConflict
    return item


def change(item: FavouriteItem | LaboratoryItem, body: str) -> None:
    """Raises VersionConflict."""
    item.body = body
    try:
        item.save()
    except PutError:
        raise VersionConflict from None


def drop(item: FavouriteItem | LaboratoryItem) -> None:
    """Raises VersionConflict."""
    try:
        item.delete()
    except DeleteError:
        raise VersionConflict from None
