"""The CDK command line at its pinned version, which carries an assembly to AWS."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path
from typing import Final

from scripts.bootstrap.npm import ADVICE
from scripts.bootstrap.paths import BUILD, ROOT
from scripts.bootstrap.progress import SetupError, run, step, tool

_PINNED: Final = ROOT / "infra" / "cdk-cli"
_FILES: Final = ("package.json", "package-lock.json", ".npmrc")
_INSTALLED: Final = BUILD / "cdk-cli"


def program() -> Path:
    """The path of ``cdk``, fetched where it is not there yet."""
    digest = hashlib.sha256(b"".join((_PINNED / f).read_bytes() for f in _FILES)).hexdigest()
    stamp = _INSTALLED / "installed.sha256"
    if not stamp.exists() or stamp.read_text() != digest:
        npm = tool("npm", ADVICE)
        with step("Fetching the CDK command line"):
            _INSTALLED.mkdir(parents=True, exist_ok=True)
            for name in _FILES:
                shutil.copyfile(_PINNED / name, _INSTALLED / name)
            run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=_INSTALLED)
        stamp.write_text(digest)
    return _INSTALLED / "node_modules" / ".bin" / "cdk"


def check_credentials() -> None:
    """Raises SetupError where boto3 finds no AWS credentials or region; asks nobody."""
    import boto3

    session = boto3.Session()
    if session.get_credentials() is None:
        raise SetupError(
            "there are no AWS credentials. Log in with the AWS command line, set AWS_PROFILE, "
            "or use --synth, which needs none."
        )
    if session.region_name is None:
        raise SetupError("no AWS region is chosen: set AWS_REGION.")


def carry_out(command: str, assembly: Path, *arguments: str) -> int:
    """Run ``cdk <command>`` on an assembly with its output in view; returns its exit code."""
    line: list[str | Path] = [program(), command, "--app", assembly, *arguments]
    return subprocess.run(line, cwd=ROOT, check=False).returncode
