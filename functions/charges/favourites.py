"""Favourites: the superbill of a specialty or a provider, as groups of codes. Nobody's data."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.errors import invalid
from caresmith.ids import FavouriteId, PracticeId
from caresmith.records.practice import Provider, practice_setup
from functions.charges import kept
from functions.charges import models as m
from functions.charges.records import FavouriteItem, favourites_key

MAX_GROUPS: Final = 200


def groups(practice: PracticeId) -> list[m.FavouriteRead]:
    """All groups by name: one query."""
    found = (_read(item) for item in FavouriteItem.query(favourites_key(practice)))
    return sorted(found, key=lambda one: one.facts.name.casefold())


def groups_for(
    known: Iterable[m.FavouriteRead], provider: Provider | None
) -> list[m.FavouriteRead]:
    """A provider's own first, then those of the specialty, then everybody's."""

    def rank(one: m.FavouriteRead) -> int | None:
        if one.facts.provider_id:
            return 0 if provider and one.facts.provider_id == provider.id else None
        if one.facts.specialty:
            same = provider and one.facts.specialty.casefold() == provider.specialty.casefold()
            return 1 if same else None
        return 2

    fitting = [(place, one) for one in known if (place := rank(one)) is not None]
    return [one for _, one in sorted(fitting, key=lambda pair: pair[0])]


def add(facts: m.FavouriteFacts, *, actor: Actor) -> m.FavouriteRead:
    """Raises InvalidRequest."""
    _check(actor, facts)
    if len(groups(actor.practice_id)) >= MAX_GROUPS:
        raise invalid("name", f"a practice has at most {MAX_GROUPS} groups")
    key = FavouriteId.new()
    item = FavouriteItem(favourites_key(actor.practice_id), key, body=facts.model_dump_json())
    item.save(FavouriteItem.pk.does_not_exist())
    audit().record(key)
    return _read(item)


def change(
    key: FavouriteId, facts: m.FavouriteFacts, expected: int, *, actor: Actor
) -> m.FavouriteRead:
    """Raises NotFound, VersionConflict, InvalidRequest."""
    _check(actor, facts)
    item = _item(actor, key, expected)
    kept.change(item, facts.model_dump_json())
    return _read(item)


def drop(key: FavouriteId, expected: int, *, actor: Actor) -> None:
    """Raises NotFound, VersionConflict."""
    kept.drop(_item(actor, key, expected))


def read(key: FavouriteId, *, actor: Actor) -> m.FavouriteRead:
    """Raises NotFound."""
    return _read(_item(actor, key))


def _item(actor: Actor, key: FavouriteId, expected: int | None = None) -> FavouriteItem:
    return kept.find(FavouriteItem, favourites_key(actor.practice_id), key, expected)


def _check(actor: Actor, facts: m.FavouriteFacts) -> None:
    providers = practice_setup(actor.practice_id).providers
    if facts.provider_id and facts.provider_id not in providers:
        raise invalid("provider_id", "is no provider of the practice")


def _read(item: FavouriteItem) -> m.FavouriteRead:
    return m.FavouriteRead(
        favourite_id=FavouriteId(item.sk),
        version=int(item.version),
        facts=m.FavouriteFacts.model_validate_json(item.body),
    )
