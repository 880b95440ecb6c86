"""What was told last to each practice.

======================  ==============  ==============
 access                  pk              sk
======================  ==============  ==============
 a job's last run        ``<practice>``  ``job#<name>``
======================  ==============  ==============
"""

from __future__ import annotations

from datetime import date

from pynamodb.attributes import UnicodeAttribute

from caresmith.ids import PracticeId
from caresmith.tables import PracticeItem

_JOB = "job#"


class JobRun(PracticeItem, discriminator="job-run"):
    day = UnicodeAttribute()
    """The practice's own date, yyyy-mm-dd: days only ever go on."""
    told_at = UnicodeAttribute()


def job_key(practice: PracticeId, name: str) -> tuple[str, str]:
    return practice, f"{_JOB}{name}"


def last_days(practice: PracticeId) -> dict[str, date]:
    """For which day each job was told last. One query."""
    return {
        str(run.sk).removeprefix(_JOB): date.fromisoformat(run.day)
        for run in JobRun.query(practice, JobRun.sk.startswith(_JOB), consistent_read=True)
    }
