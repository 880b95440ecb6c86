"""An 835 of any number of claims, written piece by piece."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

_PAID: Final = 150
_ISA: Final = (
    "ISA*00*          *00*          *ZZ*PAYER          *ZZ*CLINIC         "
    "*261127*1200*^*00501*000000001*0*P*:"
)
_HEAD: Final = (
    _ISA,
    "GS*HP*PAYER*CLINIC*20261127*1200*1*X*005010X221A1",
    "ST*835*0001",
    "BPR*I*{paid}*C*ACH*CCP*01*111000025*DA*1234*1512345678**01*111000025*DA*98765*20261127",
    "TRN*1*T1*1512345678",
    "DTM*405*20261127",
    "N1*PR*PAYER",
    "N3*1 MAIN ST",
    "N4*CHICAGO*IL*60601",
    "PER*BL*HELP*TE*8005551212",
    "N1*PE*CLINIC*XX*1234567893",
    "REF*TJ*123456789",
    "LX*1",
)
_CLAIM: Final = (
    "CLP*C{n}*1*250*150*20*12*ICN{n}*11*1",
    "NM1*QC*1*DOE{n}*JANE*M***MI*M{n}",
    "NM1*82*1*WELBY*MARCUS****XX*1234567893",
    "MOA***MA01",
    "DTM*232*20261101",
    "DTM*233*20261101",
    "DTM*050*20261103",
    "AMT*AU*170",
    "SVC*HC:99213:25*150*90**1",
    "DTM*472*20261101",
    "CAS*CO*45*50",
    "CAS*PR*3*10",
    "REF*6R*{n}-1",
    "AMT*B6*100",
    "LQ*HE*N130",
    "SVC*HC:87880*100*60**1",
    "DTM*472*20261101",
    "CAS*CO*45*30",
    "CAS*PR*2*10",
    "REF*6R*{n}-2",
    "AMT*B6*70",
)
_ENVELOPE: Final = 2
"""ISA and GS, which SE01 does not count."""


def remittance_file(claims: int) -> Iterator[bytes]:
    """Each claim has two lines, and all balances."""
    head, claim = "~\n".join(_HEAD), "~\n".join(_CLAIM)
    yield f"{head.format(paid=claims * _PAID)}~\n".encode()
    for number in range(1, claims + 1):
        yield f"{claim.format(n=number)}~\n".encode()
    count = len(_HEAD) - _ENVELOPE + claims * len(_CLAIM) + 1
    yield f"SE*{count}*0001~\nGE*1*1~\nIEA*1*000000001~\n".encode()
