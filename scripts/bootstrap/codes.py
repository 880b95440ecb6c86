"""The indexes of public code sets that the codes layer carries."""

from __future__ import annotations

import hashlib
import os
from typing import Final

from scripts.bootstrap.paths import CODES, ROOT, VENV_PYTHON
from scripts.bootstrap.progress import run, step

_LAYER: Final = ROOT / "layers" / "codes"
_LOCKED: Final = "simple-icd-10-cm=="
_INDEXES: Final = {
    "icd10cm": ("layers.codes.build", "ICD-10-CM"),
    "ncci": ("layers.codes.ncci", "NCCI edits"),
}


def ensure() -> None:
    """Build them; at once where neither the builder nor a release has changed."""
    stamp = CODES.with_name("dist.sha256")
    wanted = source_digest()
    there = all((CODES / f"{name}.sqlite").exists() for name in _INDEXES)
    if there and stamp.exists() and stamp.read_text() == wanted:
        return
    path = os.pathsep.join([str(ROOT), str(ROOT / "layers" / "common" / "python")])
    environment = {**os.environ, "PYTHONPATH": path}
    for name, (module, what) in _INDEXES.items():
        with step(f"Building the index of {what}"):
            index = CODES / f"{name}.sqlite"
            run([VENV_PYTHON, "-m", module, index], cwd=ROOT, environment=environment)
    stamp.write_text(wanted)


def source_digest() -> str:
    """Changes when the indexes must be built anew."""
    digest = hashlib.sha256()
    lock = (ROOT / "requirements.lock").read_text().splitlines()
    digest.update("".join(line for line in lock if line.startswith(_LOCKED)).encode())
    read = (
        *sorted((_LAYER / "releases").glob("*.txt")),
        *sorted((_LAYER / "ncci_tables").glob("*.tsv*")),
    )
    for file in (_LAYER / "build.py", _LAYER / "ncci.py", *read):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()
