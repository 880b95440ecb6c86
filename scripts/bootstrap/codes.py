"""The indexes of public code sets that the codes layer carries."""

from __future__ import annotations

import hashlib
import os
from typing import Final

from scripts.bootstrap.paths import CODES, ROOT, VENV_PYTHON
from scripts.bootstrap.progress import run, step

_LAYER: Final = ROOT / "layers" / "codes"
_LOCKED: Final = "simple-icd-10-cm=="


def ensure() -> None:
    """Build them; at once where neither the builder nor a release has changed."""
    stamp = CODES.with_name("dist.sha256")
    wanted = source_digest()
    index = CODES / "icd10cm.sqlite"
    if index.exists() and stamp.exists() and stamp.read_text() == wanted:
        return
    with step("Building the index of ICD-10-CM"):
        path = os.pathsep.join([str(ROOT), str(ROOT / "layers" / "common" / "python")])
        environment = {**os.environ, "PYTHONPATH": path}
        run([VENV_PYTHON, "-m", "layers.codes.build", index], cwd=ROOT, environment=environment)
    stamp.write_text(wanted)


def source_digest() -> str:
    """Changes when the indexes must be built anew."""
    digest = hashlib.sha256()
    lock = (ROOT / "requirements.lock").read_text().splitlines()
    digest.update("".join(line for line in lock if line.startswith(_LOCKED)).encode())
    for file in (_LAYER / "build.py", *sorted((_LAYER / "releases").glob("*.txt"))):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()
