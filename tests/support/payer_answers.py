"""What a payer or clearinghouse would send back, as bytes, about files and claims of ours."""

from __future__ import annotations

from caresmith.records.revenue.exchange import ExchangeFileItem

VERSION_999, VERSION_277CA, VERSION_277 = "005010X231A1", "005010X214", "005010X212"
US, THEM = "1003000126", "DROP"
"""ISA08 and ISA06 of what comes back over the drop."""


_GROUPS = {"999": "FA", "277": "HN"}


def file_of(
    kind: str, version: str, *body: str, number: int, sender: str = THEM, receiver: str = US
) -> bytes:
    """One interchange with one transaction set: ``body`` stands between ST and SE."""
    parties = f"ZZ*{sender:<15}*ZZ*{receiver:<15}"
    begin = f"ISA*00*          *00*          *{parties}*261127*1005*^*00501*"
    every = [
        f"{begin}{number:09d}*0*P*:",
        f"GS*{_GROUPS[kind]}*{sender}*{receiver}*20261127*1005*{number}*X*{version}",
        f"ST*{kind}*0001*{version}",
        *body,
        f"SE*{len(body) + 2}*0001",
        f"GE*1*{number}",
        f"IEA*1*{number:09d}",
    ]
    return "".join(f"{one}~" for one in every).encode()


def ta1(head: ExchangeFileItem, verdict: str = "A", code: str = "000") -> bytes:
    number = int(head.interchange)
    return (
        f"ISA*00*          *00*          *ZZ*{THEM:<15}*ZZ*{US:<15}*261127*1005*^*00501*"
        f"{number:09d}*0*P*:~TA1*{number:09d}*261127*1000*{verdict}*{code}~IEA*0*{number:09d}~"
    ).encode()


def ack(head: ExchangeFileItem, verdict: str = "A", *errors: str, number: int = 1) -> bytes:
    """A 999 for the one set of the file; ``errors`` are its IK3 and IK4 segments."""
    group, first = int(head.interchange), int(head.first_set)
    counts = "1*1*1" if verdict in "AE" else "1*1*0"
    return file_of(
        "999",
        VERSION_999,
        f"AK1*HC*{group}*005010X222A1",
        f"AK2*837*{first:04d}*005010X222A1",
        *errors,
        f"IK5*{verdict}",
        f"AK9*{verdict}*{counts}",
        number=number,
    )


def accepted(*claims: tuple[str, str], reference: str = "", number: int = 2) -> bytes:
    """A 277CA that accepts: pairs of our control number and the payer's."""
    return status_ca([(c, "A2:20:PR", p) for c, p in claims], reference=reference, number=number)


def status_ca(claims: list[tuple[str, str, str]], *, reference: str = "", number: int = 2) -> bytes:
    """Control number, STC01 and the payer's control number of each claim."""
    body = [
        "BHT*0085*08*277X1*20261127*1010*TH",
        "HL*1**20*1",
        "NM1*PR*2*ACME*****PI*ACME1",
        "TRN*1*T1",
        "DTP*050*D8*20261127",
        "DTP*009*D8*20261127",
        "HL*2*1*21*1",
        "NM1*41*2*SMALL*****46*1003000126",
        f"TRN*2*{reference or 'X'}",
        "STC*A1:19:PR*20261127*WQ*150",
        "HL*3*2*19*1",
        "NM1*85*2*SMALL*****XX*1003000126",
    ]
    for place, (control, code, payer) in enumerate(claims, 4):
        action = "U" if code[:2] in {"A3", "A6", "A7", "A8"} else "WQ"
        body += [
            f"HL*{place}*3*PT",
            "NM1*QC*1*EXAMPLE*ANA****MI*XYZ123456",
            f"TRN*2*{control}",
            f"STC*{code}*20261127*{action}*150",
            *([f"REF*1K*{payer}"] if payer else []),
            "DTP*472*D8*20261120",
        ]
    return file_of("277", VERSION_277CA, *body, number=number)


def status_277(trace: str, code: str, payer: str = "", number: int = 3) -> bytes:
    """An answer to our question about one claim."""
    return file_of(
        "277",
        VERSION_277,
        "BHT*0010*08*277X2*20261127*1010*DG",
        "HL*1**20*1",
        "NM1*PR*2*ACME*****PI*ACME1",
        "HL*2*1*21*1",
        "NM1*41*2*SMALL*****46*1003000126",
        "HL*3*2*19*1",
        "NM1*1P*2*SMALL*****XX*1003000126",
        "HL*4*3*22*0",
        "NM1*IL*1*EXAMPLE*ANA****MI*XYZ123456",
        f"TRN*2*{trace}",
        f"STC*{code}*20261127**150*0",
        *([f"REF*1K*{payer}"] if payer else []),
        "DTP*472*D8*20261120",
        number=number,
    )
