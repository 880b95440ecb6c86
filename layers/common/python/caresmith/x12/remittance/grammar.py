"""The loops of the 835 as TR3 X221A1 section 2.4 lists them."""

from __future__ import annotations

from typing import Final

from caresmith.x12.grammar import MANY, SE, loop, seg, when

VERSION: Final = "005010X221A1"

_ADDRESS: Final = (seg("N3", "street"), seg("N4", "city, state and ZIP"))

_SERVICE: Final = loop(
    "2110",
    "service payment",
    seg("SVC", "service payment", required=True),
    seg("DTM", "service date", when(1, "150", "151", "472"), most=2),
    seg("CAS", "service adjustment", most=99),
    seg("REF", "service identification", most=24),
    seg("AMT", "service amount", most=9),
    seg("QTY", "service quantity", most=6),
    seg("LQ", "remark code", most=99),
    most=999,
)

_CLAIM: Final = loop(
    "2100",
    "claim payment",
    seg("CLP", "claim payment", required=True),
    seg("CAS", "claim adjustment", most=99),
    seg("NM1", "patient", when(1, "QC"), required=True),
    seg("NM1", "insured", when(1, "IL")),
    seg("NM1", "corrected patient or insured", when(1, "74")),
    seg("NM1", "service provider", when(1, "82")),
    seg("NM1", "crossover carrier", when(1, "TT")),
    seg("NM1", "corrected priority payer", when(1, "PR")),
    seg("NM1", "other subscriber", when(1, "GB")),
    seg("MIA", "inpatient adjudication"),
    seg("MOA", "outpatient adjudication"),
    seg("REF", "claim or provider identification", most=15),
    seg("DTM", "claim date", when(1, "036", "050", "232", "233"), most=4),
    seg("PER", "claim contact", most=2),
    seg("AMT", "claim amount", most=13),
    seg("QTY", "claim quantity", most=14),
    _SERVICE,
    required=True,
    most=MANY,
)

GRAMMAR: Final = loop(
    "835",
    "remittance advice",
    seg("ST", "transaction set header", required=True),
    seg("BPR", "financial information", required=True),
    seg("NTE", "note", most=MANY),
    seg("TRN", "reassociation trace number", required=True),
    seg("CUR", "currency"),
    seg("REF", "receiver or version identification", when(1, "EV", "F2"), most=2),
    seg("DTM", "production date", when(1, "405")),
    loop(
        "1000A",
        "payer",
        seg("N1", "payer", when(1, "PR"), required=True),
        *_ADDRESS,
        seg("REF", "payer identification", most=4),
        seg("PER", "payer contact", most=MANY),
        required=True,
    ),
    loop(
        "1000B",
        "payee",
        seg("N1", "payee", when(1, "PE"), required=True),
        *_ADDRESS,
        seg("REF", "payee identification", most=MANY),
        seg("RDM", "delivery of the remittance"),
        required=True,
    ),
    loop(
        "2000",
        "claims of one provider",
        seg("LX", "header number", required=True),
        seg("TS3", "provider summary"),
        seg("TS2", "provider supplemental summary"),
        _CLAIM,
        most=MANY,
    ),
    seg("PLB", "provider adjustment", most=MANY),
    SE,
)
