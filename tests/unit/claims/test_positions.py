"""Which claim of ours a segment belongs to that an acknowledgement names by its place."""

from __future__ import annotations

from caresmith.x12.claims.building import claim_file
from caresmith.x12.writer import written
from functions.claims.answers.positions import map_sets
from tests.support.claims import ADDRESSING, AT, NUMBERS, claim, submission


def a_file(*controls: str) -> bytes:
    sent = submission(*(claim(control_number=one) for one in controls))
    return written(claim_file([sent], ADDRESSING, NUMBERS, AT))


def test_a_segment_belongs_to_the_claim_whose_levels_it_is_in() -> None:
    content = a_file("C1", "C2")
    [mapped] = map_sets(content).values()
    assert mapped.claims == ["C1", "C2"]
    text = content.decode().split("~")
    begin = next(i for i, one in enumerate(text) if one.startswith("ST*"))
    at = {one: i - begin + 1 for i, one in enumerate(text) if one.startswith("CLM*")}
    first, second = at.values()
    assert mapped.owner(first) == "C1"
    assert mapped.owner(second) == "C2"
    assert mapped.owner(2) is None
    # What follows the second CLM is the second's; what stands before it is not.
    assert mapped.owner(second + 2) == "C2"
    assert mapped.owner(second - 1) == "C1"
