"""Build every index of the codes layer into one folder."""

from __future__ import annotations

import sys
from pathlib import Path

from layers.codes import build as icd10cm
from layers.codes import loinc, ncci, rxnorm

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    icd10cm.build(folder / "icd10cm.sqlite")
    rxnorm.build(folder / "rxnorm.sqlite")
    loinc.build(folder / "loinc.sqlite")
    ncci.build(folder / "ncci.sqlite")
