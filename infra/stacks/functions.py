"""Every function of the manifest, with its layers."""

from __future__ import annotations

from pathlib import Path

from aws_cdk import Stack
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.assets import check_size, layer_asset
from infra.constructs.feature_function import RUNTIME, FeatureFunction, Surroundings
from infra.constructs.outward import Outward
from infra.manifest import FUNCTIONS
from infra.stacks.bus import BusStack
from infra.stacks.carriers import CarriersStack
from infra.stacks.data import DataStack
from infra.stacks.identity import IdentityStack
from infra.stage import Stage


class FunctionsStack(Stack):
    """``functions`` by name."""

    def __init__(
        self,
        scope: Construct,
        stage: Stage,
        *,
        data: DataStack,
        identity: IdentityStack,
        bus: BusStack,
        carriers: CarriersStack,
    ) -> None:
        super().__init__(scope, "Functions", stack_name=f"{stage.prefix}functions")
        names = sorted({layer for function in FUNCTIONS for layer in function.layers})
        folders = {name: layer_asset(name, skip=stage.skip_layers) for name in names}
        for spec in FUNCTIONS:
            check_size(spec.name, [folders[name] for name in spec.layers])
        around = Surroundings(
            stage=stage,
            tables=data.tables,
            buckets=data.buckets,
            pools=identity.pools,
            clients=identity.clients,
            bus=bus.bus,
            key=data.operations_key,
            outward=Outward(self, stage, carriers),
            layers={name: self._layer(name, folder, stage) for name, folder in folders.items()},
        )
        self.functions = {spec.name: FeatureFunction(self, spec, around) for spec in FUNCTIONS}

    def _layer(self, name: str, folder: Path, stage: Stage) -> lambda_.LayerVersion:
        return lambda_.LayerVersion(
            self,
            f"{name.capitalize()}Layer",
            layer_version_name=f"{stage.prefix}{name}",
            code=lambda_.Code.from_asset(str(folder)),
            compatible_runtimes=[RUNTIME],
            compatible_architectures=[lambda_.Architecture.ARM_64],
        )
