"""BPR, TRN, payer, payee and PLB to values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from caresmith.x12.envelope import Header
from caresmith.x12.flaws import FlawCode, Place, refuse
from caresmith.x12.parts import address_of, contact_of, reference_of
from caresmith.x12.remittance.model import (
    Account,
    Delivery,
    Organisation,
    PaymentHeader,
    ProviderAdjustment,
)
from caresmith.x12.segment import Segment
from caresmith.x12.values import coded, day, day_or_none, decimal_or_none, money, required
from caresmith.x12.walker import Node

_HANDLING: Final = frozenset("CDHIPUX")
_METHODS: Final = frozenset({"ACH", "BOP", "CHK", "FWT", "NON"})
_PAYEE_IDS: Final = frozenset({"FI", "XV", "XX"})


def header_of(root: Node, header: Header) -> PaymentHeader:
    """Header and loops 1000A and 1000B. Raises X12Refused where money or trace is not certain."""
    payment, trace = _have(root, "BPR"), _have(root, "TRN")
    amount = money(payment, 2)
    if amount.cents < 0:
        raise refuse(FlawCode.BAD_NUMBER, payment, "a payment can't be negative", 2)
    currency, produced = root.get("CUR"), root.get("DTM", 1, "405")
    receiver, version = root.get("REF", 1, "EV"), root.get("REF", 1, "F2")
    return PaymentHeader(
        header=header,
        handling=coded(payment, 1, _HANDLING, "the handling of the transaction"),
        amount=amount,
        credit=coded(payment, 3, {"C", "D"}, "credit or debit") == "C",
        method=coded(payment, 4, _METHODS, "the payment method"),
        format=payment[5],
        payer_account=_account(payment, 6),
        payee_account=_account(payment, 12),
        effective=day(payment, 16),
        trace=required(trace, 2, "the trace number of the check or transfer"),
        payer_id=required(trace, 3, "the payer's id of the trace number"),
        payer_division=trace[4],
        currency=currency[2] if currency else "USD",
        receiver=receiver[2] if receiver else "",
        version=version[2] if version else "",
        produced=day_or_none(produced, 2) if produced else None,
        payer=_organisation(next(root.loops("1000A")), "the payer's name"),
        payee=_payee(next(root.loops("1000B"))),
        originator=payment[10],
        originator_division=payment[11],
        exchange_rate=decimal_or_none(currency, 3) if currency else None,
    )


def _have(root: Node, id_: str) -> Segment:
    segment = root.get(id_)
    if segment is None:
        # A claim came before it: the walker tells of missing segments at the end.
        raise refuse(FlawCode.MISSING_SEGMENT, root.segments[-1], f"{id_} is missing")
    return segment


def _account(payment: Segment, at: int) -> Account | None:
    if not payment[at + 1] and not payment[at + 3]:
        return None
    return Account(payment[at], payment[at + 1], payment[at + 2], payment[at + 3])


def _organisation(node: Node, what: str) -> Organisation:
    return Organisation(
        name=required(node.first, 2, what) if what else node.first[2],
        qualifier=node.first[3],
        id=node.first[4],
        address=address_of(node.get("N3"), node.get("N4")),
        references=tuple(reference_of(one) for one in node.all("REF")),
        contacts=tuple(contact_of(one) for one in node.all("PER")),
    )


def _payee(node: Node) -> Organisation:
    coded(node.first, 3, _PAYEE_IDS, "the kind of the payee's id")
    required(node.first, 4, "the payee's id")
    delivery = node.get("RDM")
    return replace(
        _organisation(node, ""),
        delivery=Delivery(delivery[1], delivery[2], delivery[3]) if delivery else None,
    )


def provider_adjustments_of(root: Node, component: str) -> tuple[ProviderAdjustment, ...]:
    return tuple(one for segment in root.all("PLB") for one in _pairs(segment, component))


def _pairs(segment: Segment, component: str) -> Iterator[ProviderAdjustment]:
    """PLB03/04 to PLB13/14: a reason with its reference, and an amount."""
    provider, year = required(segment, 1, "the provider"), day(segment, 2)
    for at in range(3, 15, 2):
        if not segment[at] and not segment[at + 1]:
            if at == 3:  # noqa: PLR2004 - the first pair
                raise refuse(FlawCode.MISSING_ELEMENT, segment, "an adjustment is missing", at)
            continue
        reason, _, reference = required(segment, at, "the reason").partition(component)
        yield ProviderAdjustment(
            provider, year, reason, reference, money(segment, at + 1), Place.of(segment, at + 1)
        )
