"""Paper against compact preset, and the paper preset against four of torchvision's mc3_18: times, FLOPs, memory."""

from __future__ import annotations

import multiprocessing
import resource
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor

import torch
from torch import nn
from torchvision.models.video import mc3_18

from zoo.blocks import DualAttention
from zoo.registry import load_registry
from zoo.weights.load import build_module
from zoo.weights.size import measure_size

PAPER, COMPACT = "guided-dual-attention.paper", "guided-dual-attention.compact"
TRUNKS = "four mc3_18 and attention"
ROUNDS = 5


def bench_presets() -> None:
    """Prints; what is compared takes turns, and ratios are medians over rounds: a busy machine slows both."""
    registry = load_registry()
    sizes = {name: measure_size(registry.model(name)) for name in (PAPER, COMPACT)}
    rounds = _rounds({PAPER: _grader(PAPER), COMPACT: _grader(COMPACT), TRUNKS: _four_trunks()})
    for name, size in sizes.items():
        print(f"{name:32} {size.gflops:6.1f} GFLOP, {statistics.median(each[name] for each in rounds):.2f} s")
    flops = sizes[PAPER].gflops / sizes[COMPACT].gflops
    print(f"paper / compact preset           {flops:6.0f} x the FLOPs, {_ratio(rounds, PAPER, COMPACT):.0f} x the time")
    print(f"paper preset / {TRUNKS} {_ratio(rounds, PAPER, TRUNKS):.2f} x the time")
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as alone:
        print(f"peak memory of the paper preset  {alone.submit(_peak_of_paper).result():6.2f} GiB")


def _grader(model_id: str) -> Callable[[], object]:
    spec = load_registry().model(model_id)
    module = build_module(spec).eval()
    x, present = torch.randn(1, 4, *spec.recipe.shape), torch.ones(1, 4, dtype=torch.bool)
    return lambda: module(x, present)


def _four_trunks() -> Callable[[], object]:
    """What the paper preset is built of: trunks as torchvision has them, attention on what they find."""
    shape = load_registry().model(PAPER).recipe.shape
    trunks = [nn.Sequential(*list(mc3_18().eval().children())[:-2]) for _ in range(4)]
    attention = DualAttention(512).eval()
    x = torch.randn(1, 3, *shape)
    return lambda: [attention(trunk(x)) for trunk in trunks]


def _rounds(functions: dict[str, Callable[[], object]]) -> list[dict[str, float]]:
    """Seconds of each in each round, after one round that doesn't count."""
    with torch.inference_mode():
        return [{name: _seconds(function) for name, function in functions.items()} for _ in range(ROUNDS + 1)][1:]


def _seconds(function: Callable[[], object]) -> float:
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def _ratio(rounds: list[dict[str, float]], one: str, other: str) -> float:
    return statistics.median(each[one] / each[other] for each in rounds)


def _peak_of_paper() -> float:
    with torch.inference_mode():
        _grader(PAPER)()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


if __name__ == "__main__":
    bench_presets()
