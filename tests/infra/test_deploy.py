"""``scripts/deploy`` up to the door of AWS: synthesis without network, and what it says."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from infra.assets import MAX_UNZIPPED_BYTES, check_size
from scripts.bootstrap.paths import ROOT
from scripts.bootstrap.progress import SetupError
from scripts.deploying import cdk
from scripts.deploying.synthesis import context, stacks_in

SCRIPT = ROOT / "scripts" / "deploy"
STACKS = [
    *("data", "identity", "bus", "carriers", "functions", "workflows"),
    *("api", "web", "observability"),
]


def without_network() -> list[str]:
    """How to run a command that reaches nobody; nothing where this machine does not let us."""
    alone = ["unshare", "--net"]
    try:
        tried = subprocess.run([*alone, "true"], capture_output=True, check=False)
    except FileNotFoundError:
        return []
    return alone if tried.returncode == 0 else []


def deploy(*arguments: str, prefix: list[str] | None = None, **variables: str) -> tuple[int, str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
    done = subprocess.run(
        [*(prefix or []), sys.executable, SCRIPT, *arguments],
        env={**environment, "AWS_EC2_METADATA_DISABLED": "true", **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


@pytest.fixture(scope="module")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A throw-away stage, synthesised by the script without any network."""
    folder = tmp_path_factory.mktemp("assembly")
    code, said = deploy(
        *("--synth", "-c", "stage=tmp-test", "-c", "layers=skip", "--output", str(folder)),
        prefix=without_network(),
    )
    assert code == 0, said
    assert [line.strip() for line in said.splitlines()[-len(STACKS) :]] == stacks_in(folder)
    return folder


def test_synthesis_needs_no_network_and_writes_every_stack(assembly: Path) -> None:
    assert stacks_in(assembly) == [f"caresmith-tmp-test-{name}" for name in STACKS]
    for template in assembly.glob("*.template.json"):
        assert json.loads(template.read_text())["Resources"]


def test_cdk_s_settings_reach_the_app(assembly: Path) -> None:
    """Without ``cdk.json`` the templates would be others than those that the tests look at."""
    [template] = assembly.glob("Functions*.template.json")
    assert '"arn:aws:' not in template.read_text()


def test_the_pinned_command_line_reads_what_the_library_writes(assembly: Path) -> None:
    line = [cdk.program(), "list", "--app", assembly, "--no-notices"]
    told = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    listed = told.stdout.split()
    assert {name.partition("(")[0].strip().lower() for name in listed} >= set(STACKS)


def test_the_command_line_is_pinned_to_one_version() -> None:
    folder = ROOT / "infra" / "cdk-cli"
    wanted = json.loads((folder / "package.json").read_text())["devDependencies"]["aws-cdk"]
    locked = json.loads((folder / "package-lock.json").read_text())["packages"]
    assert wanted[0].isdecimal()
    assert locked["node_modules/aws-cdk"]["version"] == wanted


def test_without_credentials_nothing_begins(tmp_path: Path) -> None:
    variables = {
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none"),
        "AWS_CONFIG_FILE": str(tmp_path / "none"),
    }
    code, said = deploy("-c", "stage=tmp-test", "--output", str(tmp_path), **variables)
    assert code == 1
    assert "there are no AWS credentials" in said
    assert list(tmp_path.iterdir()) == []


def test_a_region_must_be_chosen(tmp_path: Path) -> None:
    variables = {
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "x",
        "AWS_CONFIG_FILE": str(tmp_path / "none"),
    }
    code, said = deploy("-c", "stage=tmp-test", "--output", str(tmp_path), **variables)
    assert (code, "no AWS region is chosen" in said) == (1, True)


def test_what_lambda_would_refuse_for_its_size_is_refused_here(tmp_path: Path) -> None:
    check_size("relay", [tmp_path])
    with (tmp_path / "model.bin").open("wb") as file:
        file.truncate(MAX_UNZIPPED_BYTES)
    with pytest.raises(ValueError, match="relay and its layers"):
        check_size("relay", [tmp_path])


def test_context_is_keys_and_values() -> None:
    assert context(["stage=prod", "alarmEmail=a=b@example.org"]) == {
        "stage": "prod",
        "alarmEmail": "a=b@example.org",
    }
    for wrong in ("stage", "=prod"):
        with pytest.raises(SetupError, match="key=value"):
            context([wrong])
