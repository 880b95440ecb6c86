"""What a payer has to agree to beforehand."""

from __future__ import annotations

from collections.abc import Iterator

from functions.claims.scrubbing.case import Case, Line
from functions.claims.scrubbing.facts import Authorization
from functions.claims.scrubbing.registry import ERROR, WARNING, Hit, fix, hit, line_edit


def _number(case: Case, line: Line) -> str:
    own = (one.value for one in line.draft.prior_authorizations if not one.payer)
    return next(own, "") or case.draft.numbers.prior_authorization


def _on_file(case: Case, line: Line) -> Authorization | None:
    number = _number(case, line)
    return next((one for one in case.facts.authorizations if one.number == number), None)


def _covers(one: Authorization, case: Case, line: Line) -> bool:
    code = not one.codes.written or line.code in one.codes
    left = one.units_left is None or line.units + _billed(one, case) <= one.units_left
    return code and left and _in_time(one, line)


def _billed(one: Authorization, case: Case) -> int:
    """Units of the claim that an authorization is used for."""
    return sum(
        line.units
        for line in case.lines
        if _number(case, line) == one.number and (not one.codes.written or line.code in one.codes)
    )


def _in_time(one: Authorization, line: Line) -> bool:
    first, last = line.first, line.last
    begun = one.first is None or first is None or one.first <= first
    return begun and (one.last is None or last is None or last <= one.last)


@line_edit(
    "AUT-MISSING",
    ERROR,
    "An authorization is missing",
    guards="2300 REF G1, 2400 REF G1",
    source="The payer's list of what it authorizes, as its profile has it; CARC 197",
    message="This payer pays {code} only with an authorization, and none is given.",
)
def authorization_missing(case: Case, line: Line) -> Iterator[Hit]:
    if line.code not in case.facts.payer.authorize or _number(case, line):
        return
    fitting = [one for one in case.facts.authorizations if one.number and _covers(one, case, line)]
    only = None
    if len(fitting) == 1 and len(line.draft.prior_authorizations) == 0:
        number = [{"value": fitting[0].number, "payer": ""}]
        only = fix("Take the one on file", (f"{line.path}.prior_authorizations", number))
    yield hit("prior_authorizations", fix=only)


@line_edit(
    "AUT-UNKNOWN",
    WARNING,
    "An authorization that is not on file",
    guards="2300 REF G1, 2400 REF G1",
    source="The authorizations that the practice has on file",
    message="The authorization of line {line} is not on file.",
)
def authorization_unknown(case: Case, line: Line) -> Iterator[Hit]:
    if _number(case, line) and case.facts.authorizations and _on_file(case, line) is None:
        yield hit("prior_authorizations")


@line_edit(
    "AUT-DATES",
    ERROR,
    "An authorization of other days",
    guards="2300 REF G1, 2400 REF G1",
    source="The authorization on file; CARC 198",
    message="The authorization of line {line} does not hold on the day of the service.",
)
def authorization_dates(case: Case, line: Line) -> Iterator[Hit]:
    one = _on_file(case, line)
    if one and not _in_time(one, line):
        yield hit("prior_authorizations")


@line_edit(
    "AUT-CODE",
    ERROR,
    "An authorization of other codes",
    guards="2300 REF G1, 2400 REF G1",
    source="The authorization on file; CARC 284",
    message="The authorization of line {line} is for other codes than {code}.",
)
def authorization_codes(case: Case, line: Line) -> Iterator[Hit]:
    one = _on_file(case, line)
    wanted = line.code in case.facts.payer.authorize
    if one and wanted and one.codes.written and line.code not in one.codes:
        yield hit("prior_authorizations")


@line_edit(
    "AUT-UNITS",
    ERROR,
    "An authorization that is used up",
    guards="2300 REF G1, 2400 SV104",
    source="The authorization on file; CARC 198",
    message="The authorization of line {line} has {left} units left, and {units} are billed.",
)
def authorization_units(case: Case, line: Line) -> Iterator[Hit]:
    one = _on_file(case, line)
    if one is None or one.units_left is None:
        return
    if one.codes.written and line.code not in one.codes:
        return
    billed = _billed(one, case)
    if billed > one.units_left:
        yield hit("prior_authorizations", left=one.units_left, units=billed)


@line_edit(
    "AUT-REFERRAL",
    ERROR,
    "A referral is missing",
    guards="2300 REF 9F, 2400 REF 9F",
    source="The payer's rules on referrals, as its profile has them; CARC 288",
    message="This payer pays {code} only with a referral's number, and none is given.",
)
def referral_missing(case: Case, line: Line) -> Iterator[Hit]:
    own = any(one.value for one in line.draft.referrals)
    if line.code in case.facts.payer.refer and not own and not case.draft.numbers.referral:
        yield hit("referrals")
