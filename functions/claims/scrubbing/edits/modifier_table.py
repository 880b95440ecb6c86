"""Modifiers by what they do: two characters each, without the words of CPT or HCPCS."""

from __future__ import annotations

from typing import Final

from caresmith.codes.ranges import words

FINGERS: Final = words("FA F1 F2 F3 F4 F5 F6 F7 F8 F9")
TOES: Final = words("TA T1 T2 T3 T4 T5 T6 T7 T8 T9")
EYELIDS: Final = words("E1 E2 E3 E4")
ARTERIES: Final = words("LC LD LM RC RI")
SIDES: Final = words("LT RT")
ANATOMIC: Final = FINGERS | TOES | EYELIDS | ARTERIES | SIDES
DISTINCT: Final = words("59 XE XP XS XU")
# NCCI Policy Manual ch. I §E.1.d.
SEPARATES: Final = ANATOMIC | DISTINCT | words("24 25 27 57 58 78 79 91")
"""PTP-associated modifiers: each may separate a pair whose indicator is 1."""
OF_EM: Final = words("24 25 57")
ASSISTANTS: Final = words("80 81 82 AS")
TELEHEALTH: Final = words("95 GT GQ 93")
THERAPY: Final = words("GN GO GP")
CLASS_FINDINGS: Final = words("Q7 Q8 Q9")
ANESTHESIA_BY: Final = words("AA AD QK QX QY QZ")
LIABILITY: Final = words("GA GX GY GZ")
REPEATED: Final = words("76 77 91")
GLOBAL_PERIOD: Final = words("24 58 78 79")
PRICING: Final = words("26 TC 50 52 53 54 55 56 62 66 78 80 81 82 AS AA AD QK QX QY QZ NU RR UE LL")
"""Change what is paid: they stand first."""
INFORMING: Final = ANATOMIC | DISTINCT | words("GA GX GY GZ KX GN GO GP Q7 Q8 Q9 95 93 GT GQ 76 77")
"""Tell something, and change no price by themselves: they stand behind."""

KNOWN: Final = (
    SEPARATES
    | ASSISTANTS
    | TELEHEALTH
    | THERAPY
    | CLASS_FINDINGS
    | ANESTHESIA_BY
    | LIABILITY
    | REPEATED
    | PRICING
    | words(
        "22 23 32 33 47 51 63 73 74 90 92 96 97 99 1P 2P 3P 8P P1 P2 P3 P4 P5 P6 "
        "A1 A2 A3 A4 A5 A6 A7 A8 A9 AB AE AF AG AH AI AJ AK AM AO AP AQ AR AT AU AV AW AX AY AZ "
        "BA BL BO BP BR BU CA CB CC CD CE CF CG CH CI CJ CK CL CM CN CO CQ CR CS CT DA EA EB EC "
        "ED EE EJ EM EP ER ET EX EY FB FC FP FQ FR FS FT FX FY G0 G1 G2 G3 G4 G5 G6 G7 G8 G9 GB "
        "GC GE GF GG GH GJ GK GL GM GR GS GU GV GW H9 HA HB HC HD HE HF HG HH HI HJ HK HL HM HN "
        "HO HP HQ HR HS HT HU HV HW HX HY HZ J1 J2 J3 J4 J5 JA JB JC JD JE JF JG JK JL JW JZ K0 "
        "K1 K2 K3 K4 KA KB KC KD KE KF KG KH KI KJ KK KL KM KN KO KP KQ KR KS KT KU KV KW KX KY "
        "KZ L1 LR LS LU M2 MA MB MC MD ME MF MG MH MS N1 N2 N3 NB NR PA PB PC PD PI PL PM PN PO "
        "PS PT Q0 Q1 Q2 Q3 Q4 Q5 Q6 QA QB QC QD QE QF QG QH QJ QL QM QN QP QQ QR QS QT QW RA RB "
        "RD RE SA SB SC SD SE SF SG SH SJ SK SL SM SN SQ SS ST SU SV SW SY SZ TB TD TE TF TG TH "
        "TJ TK TL TM TN TP TQ TR TS TT TU TV TW U1 U2 U3 U4 U5 U6 U7 U8 U9 UA UB UC UD UF UG UH "
        "UJ UK UN UP UQ UR US V1 V2 V3 V4 V5 V6 V7 V8 V9 VM VP X1 X2 X3 X4 X5 ZA ZB ZC"
    )
)
"""Modifiers of professional claims: CPT's numbers and HCPCS level II."""
