"""The indexes of public code sets that the codes layer carries."""

from __future__ import annotations

import hashlib
import os
from typing import Final

from scripts.bootstrap.paths import CODES, ROOT, VENV_PYTHON
from scripts.bootstrap.progress import run, step

_LAYER: Final = ROOT / "layers" / "codes"
_WORDS: Final = ROOT / "layers" / "common" / "python" / "caresmith" / "codes" / "opening.py"
"""How the words of an index are kept."""
_LOCKED: Final = "simple-icd-10-cm=="
_INDEXES: Final = ("icd10cm", "rxnorm", "loinc", "ncci")
_SOURCES: Final = ("*.py", "*.json", "releases/*.txt", "kept/*.tsv", "ncci_tables/*.tsv*")


def ensure() -> None:
    """Build them; at once where neither the builder nor a release has changed."""
    stamp = CODES.with_name("dist.sha256")
    wanted = source_digest()
    built = all((CODES / f"{name}.sqlite").exists() for name in _INDEXES)
    if built and stamp.exists() and stamp.read_text() == wanted:
        return
    with step("Building the indexes of ICD-10-CM, RxNorm, LOINC and NCCI edits"):
        path = os.pathsep.join([str(ROOT), str(ROOT / "layers" / "common" / "python")])
        environment = {**os.environ, "PYTHONPATH": path}
        run([VENV_PYTHON, "-m", "layers.codes", CODES], cwd=ROOT, environment=environment)
    stamp.write_text(wanted)


def source_digest() -> str:
    """Changes when the indexes must be built anew."""
    digest = hashlib.sha256()
    lock = (ROOT / "requirements.lock").read_text().splitlines()
    digest.update("".join(line for line in lock if line.startswith(_LOCKED)).encode())
    sources = [file for pattern in _SOURCES for file in _LAYER.glob(pattern)]
    for file in sorted([_WORDS, *sources]):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()
