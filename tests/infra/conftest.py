"""The templates of one stage, synthesised once for all tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest


@dataclass(frozen=True)
class Templates:
    """What CloudFormation would be given, and cdk-nag's verdict."""

    stacks: Mapping[str, Any]
    folder: Path

    def of_type(self, kind: str) -> dict[str, dict[str, Any]]:
        """Logical id to properties, of all resources of that type in all stacks."""
        return {
            f"{stack}.{name}": resource.get("Properties", {})
            for stack, template in self.stacks.items()
            for name, resource in template.get("Resources", {}).items()
            if resource["Type"] == kind
        }


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Templates]:
    """The production stage without the packages in its layers."""
    from aws_cdk import App

    from infra.app import build

    folder = tmp_path_factory.mktemp("cdk")
    app = App(context={"stage": "prod", "layers": "skip"}, outdir=str(folder))
    build(app)
    assembly = app.synth()
    return Templates({s.stack_name: s.template for s in assembly.stacks}, folder)
