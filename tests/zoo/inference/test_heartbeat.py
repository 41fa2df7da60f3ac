"""A pass through a model tells layer by layer, forward and back, and ends where the heartbeat raises."""

from __future__ import annotations

from collections import Counter

import pytest
import torch
from torch import nn

from zoo import Cancelled
from zoo.inference.heartbeat import Repeatable, heartbeat
from zoo.types import AGAIN_SECONDS


@pytest.fixture
def module():
    return nn.Sequential(nn.Linear(4, 4), nn.Sequential(nn.LayerNorm(4), nn.ReLU(inplace=True)), nn.Linear(4, 2))


def test_every_layer_tells_on_the_way_and_on_the_way_back_and_nothing_changes(module):
    x = torch.randn(3, 4, requires_grad=True)
    module(x).sum().backward()
    expected, told = x.grad.clone(), []
    x.grad = None
    with heartbeat(module, lambda: told.append("tick")):
        answer = module(x)
        assert len(told) == 4
        answer.sum().backward()
    assert len(told) == 8
    assert torch.equal(x.grad, expected)
    module(x).sum().backward()
    assert len(told) == 8, "afterwards it is silent"


@pytest.mark.parametrize("calls", [2, 6])
def test_what_telling_raises_ends_the_pass(module, calls):
    counted = Counter()

    def tell():
        counted["told"] += 1
        if counted["told"] == calls:
            raise Cancelled("Cancelled.")

    with pytest.raises(Cancelled), heartbeat(module, tell):
        module(torch.randn(3, 4, requires_grad=True)).sum().backward()
    assert counted["told"] == calls


def test_words_are_repeated_only_after_a_while(monkeypatch):
    now, said = [100.0], []
    monkeypatch.setattr("zoo.inference.heartbeat.time.monotonic", lambda: now[0])
    progress = Repeatable(lambda *words: said.append(words))
    progress.again()
    progress(0.5, "thinking")
    progress.again()
    assert said == [(0.5, "thinking")]
    now[0] += 1.5 * AGAIN_SECONDS
    progress.again()
    progress.again()
    assert said == [(0.5, "thinking")] * 2
