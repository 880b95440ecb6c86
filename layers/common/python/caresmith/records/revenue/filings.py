"""What a payer is called in SBR09, the claim filing indicator, in words of our own."""

from __future__ import annotations

from typing import Final

FILINGS: Final[tuple[tuple[str, str], ...]] = (
    ("CI", "CI Commercial"),
    ("BL", "BL Blue Cross or Blue Shield"),
    ("HM", "HM HMO"),
    ("12", "12 PPO"),
    ("13", "13 Point of service"),
    ("14", "14 Exclusive provider organization"),
    ("15", "15 Indemnity"),
    ("16", "16 Medicare Advantage HMO"),
    ("MA", "MA Medicare part A"),
    ("MB", "MB Medicare part B"),
    ("MC", "MC Medicaid"),
    ("CH", "CH TRICARE"),
    ("VA", "VA Veterans Affairs"),
    ("OF", "OF Other federal program"),
    ("FI", "FI Federal employees"),
    ("WC", "WC Workers' compensation"),
    ("AM", "AM Automobile medical"),
    ("LM", "LM Liability medical"),
    ("DS", "DS Disability"),
    ("TV", "TV Title V"),
    ("11", "11 Other non-federal program"),
    ("ZZ", "ZZ Unknown"),
)
