"""The command line of ``scripts/deploy``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from scripts.bootstrap.paths import ROOT
from scripts.bootstrap.progress import SetupError
from scripts.deploying import cdk
from scripts.deploying.synthesis import context, synthesise


def main(arguments: list[str]) -> int:
    """Synthesise, and deploy unless told otherwise; returns the exit code."""
    chosen = _parse(arguments)
    output: Path = chosen.output.resolve()
    try:
        given = context(chosen.context)
        if not chosen.synth:
            cdk.check_credentials()
        stacks = synthesise(output, given)
        if chosen.synth:
            print(f"CloudFormation of {len(stacks)} stacks is in {output}:")
            for name in stacks:
                print(f"  {name}")
            return 0
        if chosen.bootstrap and (failed := cdk.carry_out("bootstrap", output)):
            return failed
        approval = ("--require-approval", "never") if chosen.yes else ()
        return cdk.carry_out("deploy", output, "--all", *approval)
    except SetupError as error:
        print(f"\nNot deployed: {error}", file=sys.stderr)
        return 1


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/deploy", description="Deploy one stage of the system to AWS."
    )
    parser.add_argument(
        "-c",
        "--context",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="stage, alarmEmail, domainName, certificateArn: see infra/stage.py",
    )
    parser.add_argument(
        "--synth", action="store_true", help="only write CloudFormation; needs no AWS account"
    )
    parser.add_argument(
        "--bootstrap", action="store_true", help="prepare account and region for CDK first"
    )
    parser.add_argument(
        "--yes", action="store_true", help="don't ask before rights are widened: for pipelines"
    )
    parser.add_argument("--output", type=Path, default=ROOT / "cdk.out", help="where to write it")
    return parser.parse_args(arguments)
