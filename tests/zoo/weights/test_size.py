"""Parameters and FLOPs against published figures and a count by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest
from torch import nn
from torchvision.models.video import MC3_18_Weights

from zoo import Recipe
from zoo.blocks import RMCEncoder
from zoo.weights.size import Size, measure_size


class Trunk(nn.Module):
    """torchvision's mc3_18 as a grader of three channels."""

    def __init__(self):
        super().__init__()
        self.encoder, self.head = RMCEncoder(3), nn.Linear(512, 400)

    def forward(self, x, present):
        return self.head(self.encoder(x[:, :3])[1].mean((2, 3, 4)))


class Choosy(nn.Module):
    """What it computes depends on values."""

    def forward(self, x, present):
        return x.sum((2, 3, 4))[:, :2] if x.max() > 0 else x[:, :2, 0, 0, 0]


def test_the_encoder_has_the_size_that_torchvision_publishes(registry):
    """Published in multiply–adds; a FLOP is half of one."""
    published = MC3_18_Weights.KINETICS400_V1.meta
    size = measure_size(replace(registry.model("early-fusion"), build=Trunk, options={}, recipe=Recipe((16, 112, 112))))
    assert size.parameters == published["num_params"]
    assert size.gflops / 2 == pytest.approx(published["_ops"], rel=1e-3)


def test_paper_and_compact_preset(registry):
    """About 443 GFLOP a modality at full size; the compact preset takes 30 times fewer, and more."""
    paper, compact = (measure_size(registry.model(f"guided-dual-attention.{tag}")) for tag in ("paper", "compact"))
    assert paper.gflops == pytest.approx(4 * 443, rel=0.03)
    assert paper.gflops / compact.gflops > 30
    assert compact.parameters < 3e6


def test_members_count(registry):
    singles = [measure_size(registry.model(f"single-{name}")) for name in ("t1", "t1ce", "t2", "flair")]
    mean = measure_size(registry.model("decision-mean"))
    assert mean == Size(sum(s.parameters for s in singles), pytest.approx(sum(s.gflops for s in singles)))


def test_a_model_that_needs_values_has_no_count(registry):
    assert measure_size(replace(registry.model("early-fusion"), build=Choosy, options={})) == Size(0, None)


def test_nothing_is_allocated(registry):
    spec, built = registry.model("guided-dual-attention.paper"), []

    def build(**options):
        built.append(spec.build(**options))
        return built[0]

    measure_size(replace(spec, build=build))
    assert all(parameter.is_meta for parameter in built[0].parameters())
