"""The definition of a workflow, as it is deployed: names replaced by ARNs, and nothing else."""

from __future__ import annotations

from collections.abc import Callable

from infra.manifest import Workflow
from scripts.bootstrap.paths import ROOT


def deployed(workflow: Workflow, arn_of: Callable[[str], str]) -> str:
    """The file's text with ``${<function>}`` replaced, as CloudFormation substitutes it."""
    text = (ROOT / workflow.definition).read_text()
    for function in workflow.invokes:
        text = text.replace("${" + function + "}", arn_of(function))
    return text
