"""Templates and dot-phrases: what comes with the system, the practice's own, the user's own."""

from __future__ import annotations

from typing import Any

from caresmith.actor import Actor
from caresmith.audit import audit
from caresmith.errors import Forbidden, NotFound, VersionConflict
from caresmith.permissions import Permission
from caresmith.transactions import TransactionCancelled, transaction
from functions.encounters import models as m
from functions.encounters.records import (
    PRACTICE_WIDE,
    PhraseItem,
    TemplateItem,
    phrases_key,
    templates_key,
)
from functions.encounters.starting import STARTING


def templates(*, actor: Actor, specialty: str = "") -> m.Templates:
    """All that are not retired, those of the specialty first, then those for everybody."""
    shown = [template for template in every_template(actor=actor) if not template.retired]
    shown.sort(key=lambda t: (specialty not in t.specialties, bool(t.specialties)))
    return m.Templates(templates=shown)


def every_template(*, actor: Actor) -> list[m.TemplateRead]:
    """The system's and the practice's own, retired ones too. One query."""
    found = {key: _read(key, 0, template) for key, template in STARTING.items()}
    for item in TemplateItem.query(templates_key(actor.practice_id)):
        own = m.Template.model_validate_json(item.body)
        found[item.sk] = _read(item.sk, int(item.version), own)
    return list(found.values())


def _read(key: str, version: int, template: m.Template) -> m.TemplateRead:
    return m.TemplateRead(**dict(template), template_id=key, version=version)


def change_template(
    key: str, template: m.Template, expected: int, *, actor: Actor
) -> m.TemplateRead:
    """Write the practice's own; ``expected`` is 0 for a new one. Raises VersionConflict."""
    item = TemplateItem(templates_key(actor.practice_id), key)
    _put(item, TemplateItem, template.model_dump_json(), expected)
    return _read(key, expected + 1, template)


def phrases(*, actor: Actor) -> m.Phrases:
    """The practice's and the user's own; of the same name, the user's."""
    found: dict[str, m.PhraseRead] = {}
    for owner in (PRACTICE_WIDE, actor.user_id):
        for item in PhraseItem.query(phrases_key(actor.practice_id, owner)):
            phrase = m.Phrase.model_validate_json(item.body)
            found[item.sk] = m.PhraseRead(
                text=phrase.text,
                name=item.sk,
                mine=owner == actor.user_id,
                version=int(item.version),
            )
    return m.Phrases(phrases=[found[name] for name in sorted(found)])


def change_phrase(
    name: str, phrase: m.Phrase, expected: int, *, mine: bool, actor: Actor
) -> m.PhraseRead:
    """Raises VersionConflict; Forbidden for the practice's without the right to them."""
    item = PhraseItem(phrases_key(actor.practice_id, _owner(actor, mine=mine)), name)
    _put(item, PhraseItem, phrase.model_dump_json(), expected)
    return m.PhraseRead(text=phrase.text, name=name, mine=mine, version=expected + 1)


def drop_phrase(name: str, *, mine: bool, actor: Actor) -> None:
    """Raises NotFound."""
    item = PhraseItem(phrases_key(actor.practice_id, _owner(actor, mine=mine)), name)
    audit().record(f"phrase:{name}")
    try:
        with transaction() as writes:
            writes.delete(item, condition=PhraseItem.pk.exists())
            audit().join(writes)
    except TransactionCancelled:
        raise NotFound from None


def _owner(actor: Actor, *, mine: bool) -> str:
    if not mine and not actor.may(Permission.MANAGE_NOTE_TEMPLATES):
        raise Forbidden
    return actor.user_id if mine else PRACTICE_WIDE


def _put(item: Any, kind: type[TemplateItem] | type[PhraseItem], body: str, expected: int) -> None:
    item.version, item.body = expected + 1, body
    unchanged = kind.version == expected if expected else kind.pk.does_not_exist()
    audit().record(f"{item.entity}:{item.sk}")
    try:
        with transaction() as writes:
            writes.save(item, condition=unchanged)
            audit().join(writes)
    except TransactionCancelled:
        raise VersionConflict from None
