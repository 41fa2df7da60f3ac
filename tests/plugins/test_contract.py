"""What every registered model must keep, whoever wrote it; `zoo.conformance` says what that is."""

from __future__ import annotations

import pytest
import torch

from zoo.conformance import CONTRACT, check_model
from zoo.registry import load_registry

MODELS = load_registry().models
SHAPE, SMALLEST = (8, 48, 40), (8, 32, 32)
PAPER = "guided-dual-attention.paper"
NOT_OF_ITS_KIND = {
    "Its measurements fit the head that is fitted to them.",
    "What patches teach is what it finds in studies.",
}


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    """On small studies as fast as two, and twenty times as fast where another process wants a core."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def outcomes():
    """outcomes(id) → all outcomes of that model, found once."""
    found = {}

    def check(model_id):
        if model_id not in found:
            shape = SMALLEST if model_id.endswith(".paper") else SHAPE
            found[model_id] = list(check_model(MODELS[model_id], shape))
        return found[model_id]

    return check


@pytest.mark.parametrize(
    "model_id", [pytest.param(name, marks=pytest.mark.long) if name == PAPER else name for name in MODELS]
)
def test_keeps_what_it_promises(outcomes, model_id):
    found = outcomes(model_id)
    assert len(found) == len(CONTRACT)
    broken = [f"{outcome.promise} {outcome.problem}" for outcome in found if not outcome.kept]
    assert not broken, "\n".join(broken)


@pytest.mark.parametrize("model_id", ["guided-dual-attention.compact", pytest.param(PAPER, marks=pytest.mark.long)])
def test_the_headline_model_is_spared_no_promise_of_its_kind(outcomes, model_id):
    skipped = {outcome.promise for outcome in outcomes(model_id) if outcome.skipped}
    assert skipped == NOT_OF_ITS_KIND
