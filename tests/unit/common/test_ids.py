from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from caresmith import ids

ALL_KINDS = sorted(ids.EntityId.__subclasses__(), key=lambda kind: kind.__name__)


def test_no_two_kinds_share_a_prefix() -> None:
    assert len({kind.prefix for kind in ALL_KINDS}) == len(ALL_KINDS)


@pytest.mark.parametrize("kind", ALL_KINDS)
def test_a_new_id_is_of_its_kind_and_of_no_other(kind: type[ids.EntityId]) -> None:
    made = kind.new()
    assert kind(made) == made
    for other in ALL_KINDS:
        if other is not kind:
            with pytest.raises(ValueError, match=other.__name__):
                other(made)


@given(st.text(max_size=60))
def test_a_refusal_never_repeats_the_text_that_it_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a PatientId") as refused:
        ids.PatientId(text)
    with pytest.raises(ValueError, match="not a PatientId") as other:
        ids.PatientId("another text")
    assert str(refused.value) == str(other.value)


def test_ids_sort_by_the_time_they_were_made() -> None:
    earlier = ids.PatientId("pat_01J00000000000000000000000")
    assert earlier < ids.PatientId.new()


def test_pydantic_gives_back_the_type() -> None:
    adapter = TypeAdapter(ids.PatientId)
    made = ids.PatientId.new()
    assert type(adapter.validate_json(f'"{made}"')) is ids.PatientId
    with pytest.raises(ValidationError):
        adapter.validate_python(str(ids.UserId.new()))
