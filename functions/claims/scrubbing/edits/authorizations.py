"""What a payer has to agree to beforehand: authorizations (REF G1) and referrals (REF 9F)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from caresmith.claims.authorized import REFUSED, Kind, OnFile, Service, Status, amount
from caresmith.claims.drafted_lines import LineDraft, PayerNumberDraft
from caresmith.codes.ranges import Codes
from functions.claims.scrubbing.case import Case, Line
from functions.claims.scrubbing.findings import Fix
from functions.claims.scrubbing.registry import ERROR, WARNING, Hit, fix, hit, line_edit

_SOURCE: Final = "The authorizations and referrals that the practice has on file; CARC 198"
_WORDS: Final = {Kind.AUTHORIZATION: "authorization", Kind.REFERRAL: "referral"}
_OF_LINE: Final = {Kind.AUTHORIZATION: "prior_authorizations", Kind.REFERRAL: "referrals"}
_OF_CLAIM: Final = {
    Kind.AUTHORIZATION: "numbers.prior_authorization",
    Kind.REFERRAL: "numbers.referral",
}


@dataclass(frozen=True, slots=True)
class _Held:
    """A line with a number of one kind, and what is on file under it."""

    kind: Kind
    number: str
    found: OnFile | None

    @property
    def field(self) -> str:
        return _OF_LINE[self.kind]

    @property
    def words(self) -> str:
        return _WORDS[self.kind]


def _wanted(case: Case, kind: Kind) -> Codes:
    payer = case.facts.payer
    return payer.authorize if kind is Kind.AUTHORIZATION else payer.refer


def _own(line: LineDraft, kind: Kind) -> tuple[PayerNumberDraft, ...]:
    return line.prior_authorizations if kind is Kind.AUTHORIZATION else line.referrals


def _of_claim(case: Case, kind: Kind) -> str:
    numbers = case.draft.numbers
    return numbers.prior_authorization if kind is Kind.AUTHORIZATION else numbers.referral


def _number(case: Case, line: Line, kind: Kind) -> str:
    # One with a payer is another payer's (2400 REF04).
    own = (one.value for one in _own(line.draft, kind) if not one.payer)
    return next(own, "") or _of_claim(case, kind)


def _held(case: Case, line: Line) -> Iterator[_Held]:
    for kind in Kind:
        number = _number(case, line, kind)
        if number:
            # One number may stand for several, each of other codes.
            same = [
                one
                for one in case.facts.authorizations
                if one.kind is kind and one.number == number
            ]
            meant = next((one for one in same if one.is_for(line.code)), None)
            yield _Held(kind, number, meant or next(iter(same), None))


def _service(case: Case, line: Line) -> Service:
    quantity = line.draft.quantity
    units = -(-quantity.thousandths // 1000) if quantity else 0
    rendering = line.rendering.npi if line.rendering else ""
    diagnoses = frozenset(case.draft.diagnoses)
    return Service(line.code, line.first, line.last, units, rendering or "", diagnoses)


def _under(one: OnFile, case: Case, but: Line | None = None) -> list[Service]:
    """The claim's other services with that number."""
    return [
        _service(case, line)
        for line in case.lines
        if (but is None or line.number != but.number)
        and _number(case, line, one.kind) == one.number
    ]


def _only_fitting(case: Case, line: Line, kind: Kind) -> Fix | None:
    """Takes the number of the one on file that fits; None where none does, or several do.

    Of the whole claim where it has none and all of it may be billed under that one; else of the
    line alone.
    """
    if any(one.payer for one in _own(line.draft, kind)):
        return None
    service = _service(case, line)
    fitting = [
        one
        for one in case.facts.authorizations
        if one.kind is kind and one.fits(service, _under(one, case, but=line))
    ]
    if len({one.number for one in fitting}) != 1:
        return None
    number, title = fitting[0].number, f"Take the {_WORDS[kind]} on file"
    told = _of_claim(case, kind) or any(_own(each.draft, kind) for each in case.lines)
    if not told and _fits_all(fitting[0], case):
        return fix(title, (_OF_CLAIM[kind], number))
    return fix(title, (f"{line.path}.{_OF_LINE[kind]}", [{"value": number, "payer": ""}]))


def _fits_all(one: OnFile, case: Case) -> bool:
    services = [_service(case, line) for line in case.lines]
    enough = one.left is None or one.takes(services) <= one.left
    return enough and all(one.in_time(each) and one.for_whom(each) for each in services)


@line_edit(
    "AUT-MISSING",
    ERROR,
    "An authorization is missing",
    guards="2300 REF G1, 2400 REF G1",
    source="The payer's list of what it authorizes, as its profile has it; CARC 197",
    message="This payer pays {code} only with an authorization, and none is given.",
)
def authorization_missing(case: Case, line: Line) -> Iterator[Hit]:
    kind = Kind.AUTHORIZATION
    if line.code in _wanted(case, kind) and not _number(case, line, kind):
        yield hit(_OF_LINE[kind], fix=_only_fitting(case, line, kind))


@line_edit(
    "AUT-REFERRAL",
    ERROR,
    "A referral is missing",
    guards="2300 REF 9F, 2400 REF 9F",
    source="The payer's rules on referrals, as its profile has them; CARC 288",
    message="This payer pays {code} only with a referral's number, and none is given.",
)
def referral_missing(case: Case, line: Line) -> Iterator[Hit]:
    kind = Kind.REFERRAL
    if line.code in _wanted(case, kind) and not _number(case, line, kind):
        yield hit(_OF_LINE[kind], fix=_only_fitting(case, line, kind))


@line_edit(
    "AUT-UNKNOWN",
    WARNING,
    "An authorization that is not on file",
    guards="2300 REF G1, 2300 REF 9F",
    source=_SOURCE,
    message="The {what} of line {line} is not on file: whether it holds is not known.",
)
def authorization_unknown(case: Case, line: Line) -> Iterator[Hit]:
    """Silent where the payer is not known to want one and the chart has none of any kind.

    A practice that keeps none on file is not asked about each number that it types.
    """
    for held in _held(case, line):
        wanted = line.code in _wanted(case, held.kind)
        if held.found is None and (wanted or case.facts.authorizations):
            yield hit(held.field, what=held.words)


@line_edit(
    "AUT-REFUSED",
    ERROR,
    "An authorization that the payer has denied",
    guards="2300 REF G1, 2300 REF 9F",
    source="The authorizations and referrals on file; CARC 39: denied when it was asked for",
    message="The {what} of line {line} was {status}.",
)
def authorization_refused(case: Case, line: Line) -> Iterator[Hit]:
    for held in _held(case, line):
        if held.found and held.found.status in REFUSED:
            mended = _only_fitting(case, line, held.kind)
            yield hit(held.field, what=held.words, status=held.found.status.value, fix=mended)


@line_edit(
    "AUT-UNDECIDED",
    WARNING,
    "An authorization that the payer has not decided about",
    guards="2300 REF G1, 2300 REF 9F",
    source="The authorizations and referrals on file; CARC 197",
    message="The {what} of line {line} was asked for, and by what is on file not yet given.",
)
def authorization_undecided(case: Case, line: Line) -> Iterator[Hit]:
    for held in _held(case, line):
        if held.found and held.found.status is Status.REQUESTED:
            yield hit(held.field, what=held.words)


def _holding(case: Case, line: Line) -> Iterator[tuple[_Held, OnFile]]:
    for held in _held(case, line):
        if held.found and held.found.holds:
            yield held, held.found


@line_edit(
    "AUT-DATES",
    ERROR,
    "An authorization of other days",
    guards="2300 REF G1, 2300 REF 9F",
    source=_SOURCE,
    message="The {what} of line {line} does not hold on the day of the service.",
)
def authorization_dates(case: Case, line: Line) -> Iterator[Hit]:
    for held, one in _holding(case, line):
        if not one.in_time(_service(case, line)):
            yield hit(held.field, what=held.words, fix=_only_fitting(case, line, held.kind))


@line_edit(
    "AUT-CODE",
    ERROR,
    "An authorization of other codes",
    guards="2300 REF G1, 2300 REF 9F",
    source="The authorizations and referrals on file; CARC 284",
    message="The {what} of line {line} is for other codes than {code}.",
)
def authorization_codes(case: Case, line: Line) -> Iterator[Hit]:
    for held, one in _holding(case, line):
        if line.code in _wanted(case, held.kind) and not one.is_for(line.code):
            yield hit(held.field, what=held.words, fix=_only_fitting(case, line, held.kind))


@line_edit(
    "AUT-UNITS",
    ERROR,
    "An authorization that is used up",
    guards="2300 REF G1, 2400 SV104",
    source=_SOURCE,
    message="The {what} of line {line} has {left} left, and {units} are billed.",
)
def authorization_units(case: Case, line: Line) -> Iterator[Hit]:
    for held, one in _holding(case, line):
        billed = one.takes(_under(one, case))
        if one.left is not None and one.is_for(line.code) and billed > one.left:
            yield hit(
                held.field,
                what=held.words,
                left=amount(one.left, one.counted),
                units=billed,
                fix=_only_fitting(case, line, held.kind),
            )


@line_edit(
    "AUT-OTHER",
    WARNING,
    "An authorization for another provider, place or diagnosis",
    guards="2300 REF G1, 2310B NM109, 2300 HI",
    source="The authorizations and referrals on file; CARC 15: it does not apply to what is billed",
    message="The {what} of line {line} names another provider, place or diagnosis.",
)
def authorization_of_another(case: Case, line: Line) -> Iterator[Hit]:
    for held, one in _holding(case, line):
        if not one.for_whom(_service(case, line)):
            yield hit(held.field, what=held.words)
