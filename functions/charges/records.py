"""What charge entry keeps for itself: favourites, settings, and the loads of lists and fees.

============================  =============================  ===========================
 access                        pk                             sk
============================  =============================  ===========================
 favourites (one query)        ``<practice>#favourites``      ``<favourite>``
 outside laboratories          ``<practice>#laboratories``    ``<laboratory>``
 settings                      ``<practice>#charges``         ``settings``
============================  =============================  ===========================

In the ``revenue`` table. None of it is anybody's data, so it lies in clear. Code lists
and fee schedules, whose loads are written here, lie as
:mod:`caresmith.records.revenue.price_lists` says: a load that fails is never seen.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Sequence
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field
from pynamodb.attributes import UnicodeAttribute, VersionAttribute

from caresmith.ids import LocationId, PracticeId, new_ulid
from caresmith.records.revenue.price_lists import PART, PartItem, Rows, part_sort_key, prefix_of
from caresmith.tables import RevenueItem
from functions.charges.errors import RowsRefused
from functions.charges.places import OFFICE, TELEHEALTH_HOME

SETTINGS: Final = "settings"
_MOST_BYTES: Final = 380_000  # DynamoDB's limit of an item is 400 KB


class FavouriteItem(RevenueItem, discriminator="favourite"):
    body = UnicodeAttribute()
    version = VersionAttribute()


class LaboratoryItem(RevenueItem, discriminator="outside-laboratory"):
    body = UnicodeAttribute()
    version = VersionAttribute()


class SettingsItem(RevenueItem, discriminator="charge-settings"):
    body = UnicodeAttribute()
    version = VersionAttribute()


class Settings(BaseModel):
    """How a practice enters charges."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    auto_release: bool = False
    """Whether a sheet of which nothing is missing is released by itself."""
    places: dict[LocationId, str] = Field({}, max_length=200)
    """Place of service of each location; the office where none is named."""
    telehealth: str = Field(TELEHEALTH_HOME, pattern=r"^(02|10)$")
    """Of a visit by video, unless a biller says otherwise: 10 where the patient is at home."""

    def place_of(self, location: LocationId) -> str:
        return self.places.get(location, OFFICE)


def favourites_key(practice: PracticeId) -> str:
    return f"{practice}#favourites"


def laboratories_key(practice: PracticeId) -> str:
    return f"{practice}#laboratories"


def settings_key(practice: PracticeId) -> str:
    return f"{practice}#charges"


def packed(rows: Rows) -> bytes:
    """Raises RowsRefused where a part grows too large to be kept."""
    data = zlib.compress(json.dumps(rows, separators=(",", ":")).encode())
    if len(data) > _MOST_BYTES:
        begin = prefix_of(str(rows[0][0]))
        raise RowsRefused([(1, f"Too many rows have codes that begin with {begin}.")])
    return data


def new_load() -> str:
    return new_ulid()


def write_parts(pk: str, load: str, rows: Iterable[Sequence[Any]]) -> int:
    """Write the rows of a load, which nobody reads before a head names it; returns how many."""
    by_prefix: dict[str, Rows] = {}
    count = 0
    for row in rows:
        by_prefix.setdefault(prefix_of(str(row[0])), []).append(list(row))
        count += 1
    parts = [
        PartItem(pk, part_sort_key(load, prefix), rows=packed(some))
        for prefix, some in by_prefix.items()
    ]
    with PartItem.batch_write() as batch:
        for part in parts:
            batch.save(part)
    return count


def forget_parts(pk: str, *kept: str) -> None:
    """Delete the parts of every load but these: former ones, and those that never ended.

    The load before stays as well: somebody may have read its name just now.
    """
    begins = tuple(part_sort_key(load, "") for load in kept)
    with PartItem.batch_write() as batch:
        for part in PartItem.query(
            pk, PartItem.sk.startswith(PART), attributes_to_get=["pk", "sk", "entity"]
        ):
            if not part.sk.startswith(begins):
                batch.delete(part)


def read_settings(practice: PracticeId) -> tuple[Settings, int]:
    """The settings and their version; 0 before any was saved. One read."""
    item = next(
        iter(
            SettingsItem.query(
                settings_key(practice), SettingsItem.sk == SETTINGS, consistent_read=True, limit=1
            )
        ),
        None,
    )
    if item is None:
        return Settings(), 0
    return Settings.model_validate_json(item.body), int(item.version)
