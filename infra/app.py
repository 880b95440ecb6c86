"""The CDK app: ``python -m infra.app`` synthesises every stack of one stage."""

from __future__ import annotations

from aws_cdk import App, Validations
from cdk_nag import HIPAASecurityChecks

from infra.stacks.api import ApiStack
from infra.stacks.bus import BusStack
from infra.stacks.carriers import CarriersStack
from infra.stacks.data import DataStack
from infra.stacks.functions import FunctionsStack
from infra.stacks.identity import IdentityStack
from infra.stacks.observability import ObservabilityStack
from infra.stacks.web import WebStack
from infra.stacks.workflows import WorkflowsStack
from infra.stage import Stage


def build(app: App) -> None:
    """Add all stacks to ``app`` and check them against the HIPAA Security rules."""
    stage = Stage.of(app)
    data = DataStack(app, stage)
    identity = IdentityStack(app, stage)
    bus = BusStack(app, stage, data.operations_key)
    carriers = CarriersStack(app, stage, data.operations_key)
    functions = FunctionsStack(
        app, stage, data=data, identity=identity, bus=bus, carriers=carriers
    ).functions
    machines = WorkflowsStack(app, stage, functions, data.operations_key).machines
    api = ApiStack(app, stage, functions, data.operations_key)
    WebStack(app, stage, api.rest_api, data.access_logs)
    ObservabilityStack(app, stage, functions, machines, data.operations_key)
    Validations.of(app).add_plugins(HIPAASecurityChecks())


if __name__ == "__main__":
    the_app = App()
    build(the_app)
    the_app.synth()
