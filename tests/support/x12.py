"""Small builders of X12 files for tests: what is not under test has a default."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

from caresmith.x12.remittance.model import ClaimPayment, PaymentEnd, PaymentHeader
from caresmith.x12.remittance.reading import read_remittances

ISA = (
    "ISA*00*          *00*          *ZZ*PAYER          *ZZ*CLINIC         "
    "*261127*1200*^*00501*000000001*0*P*:"
)


def file_of(
    body: Iterable[str],
    *,
    kind: str = "835",
    group: str = "HP",
    version: str = "005010X221A1",
    end: str = "~\n",
) -> bytes:
    """One interchange with one transaction set: ``body`` stands between ST and SE."""
    lines = list(body)
    st = f"ST*{kind}*0001" + ("" if kind == "835" else f"*{version}")
    every = [
        ISA,
        f"GS*{group}*PAYER*CLINIC*20261127*1200*1*X*{version}",
        st,
        *lines,
        f"SE*{len(lines) + 2}*0001",
        "GE*1*1",
        "IEA*1*000000001",
    ]
    return "".join(line + end for line in every).encode()


HEADER_835 = (
    "BPR*I*{paid}*C*ACH*CCP*01*111000025*DA*1234*1512345678**01*111000025*DA*98765*20261127",
    "TRN*1*T100*1512345678",
    "DTM*405*20261127",
    "N1*PR*PAYER",
    "N3*1 MAIN ST",
    "N4*CHICAGO*IL*60601",
    "PER*BL*HELP*TE*8005551212",
    "N1*PE*CLINIC*XX*1234567893",
    "REF*TJ*123456789",
    "LX*1",
)
CLAIM_835 = (
    "CLP*C1*1*250*150*20*12*ICN1*11*1",
    "NM1*QC*1*DOE*JANE*M***MI*M1",
    "DTM*232*20261101",
    "AMT*AU*170",
    "SVC*HC:99213:25*150*90**1",
    "DTM*472*20261101",
    "CAS*CO*45*50",
    "CAS*PR*3*10",
    "REF*6R*L1",
    "AMT*B6*100",
    "LQ*HE*N130",
    "SVC*HC:87880*100*60**1",
    "DTM*472*20261101",
    "CAS*CO*45*30",
    "CAS*PR*2*10",
)


def remittance(
    *claims: Sequence[str], paid: str = "150", plb: Sequence[str] = (), end: str = "~\n"
) -> bytes:
    header = [line.format(paid=paid) for line in HEADER_835]
    every = claims or (CLAIM_835,)
    return file_of([*header, *(line for claim in every for line in claim), *plb], end=end)


def read_835(raw: bytes) -> tuple[PaymentHeader, list[ClaimPayment], PaymentEnd]:
    """The one transaction set of a file."""
    header, *claims, end = read_remittances(io.BytesIO(raw))
    assert isinstance(header, PaymentHeader)
    assert isinstance(end, PaymentEnd)
    return header, [one for one in claims if isinstance(one, ClaimPayment)], end
