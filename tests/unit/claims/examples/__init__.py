"""Of each edit a claim that it finds fault with, and one near it that it lets pass."""

from __future__ import annotations

from typing import Final

from tests.support.drafts import Made
from tests.unit.claims.examples import (
    circumstances,
    codes,
    coverage,
    modifiers,
    parties,
    services,
)

EXAMPLES: Final[dict[str, tuple[Made, Made]]] = {}
for _theme in (parties, circumstances, codes, modifiers, services, coverage):
    assert not EXAMPLES.keys() & _theme.EXAMPLES.keys()
    EXAMPLES |= _theme.EXAMPLES
