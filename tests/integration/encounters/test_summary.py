"""The chart's summary is one query and one audit write, whatever the size of the chart."""

from __future__ import annotations

import json

from caresmith.keystore import forget_keys
from scripts.benchmark.meter import watched
from scripts.benchmark.thick_chart import write_chart
from tests.integration.encounters.conftest import Clinic

ENTRIES = 2000


def test_one_query_one_audit_entry_one_kms_call_for_a_chart_of_two_thousand_entries(
    clinic: Clinic,
) -> None:
    shown = write_chart(clinic.small.practice, clinic.patient, ENTRIES)
    forget_keys()
    with watched() as cold:
        summary = clinic.summary()
    assert cold.calls["kms:Decrypt"] == 1
    with watched() as warm:
        assert clinic.summary() == summary
    assert dict(warm.calls) == {"dynamodb:Query": 1, "dynamodb:PutItem": 1}
    # The keys' own query comes on top where the process is new.
    assert dict(cold.calls) == {"dynamodb:Query": 2, "dynamodb:PutItem": 1, "kms:Decrypt": 1}
    assert (cold.seals, cold.unseals) == (0, shown)
    parts = {name: len(part) for name, part in summary.items() if isinstance(part, list)}
    assert sum(parts.values()) == shown
    assert parts["problems"] > 0
    assert parts["vitals"] == 1
    assert len(json.dumps(summary)) < 200_000
