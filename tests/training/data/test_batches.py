"""Rows become batches that show what they should, whatever the number of rows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from training.data import looks
from training.data.augment import augment, shift_slices
from training.data.batches import (
    Plan,
    apply,
    load_batch,
    plan_epoch,
    predict_looks,
    prefetched,
    shuffled,
    training_batches,
)
from training.data.patches import patch
from training.data.prepared_cohort import PreparedCohort
from training.options import FitOptions
from zoo import MODALITIES, Phase

CPU = torch.device("cpu")


@pytest.fixture
def cohort():
    x = np.arange(21, dtype=np.float16)[:, None, None, None, None] * np.ones((1, 4, 2, 4, 4), np.float16)
    x[..., -1] = 30
    x[..., 0, 1, 1] = -1  # background, without which a scan of zeros is one that isn't there
    present = np.ones((21, 4), bool)
    present[3, 2] = False
    y = np.arange(21) % 2
    return PreparedCohort(x, present, np.full((21, 3, 2, 1, 1), 0.25, np.float16), y, y)


def test_a_batch_shows_the_chosen_modalities(cohort):
    x, present, regions, y = load_batch(cohort, np.array([3, 5]), ("t1", "t2"), torch.device("cpu"))
    assert x.dtype == regions.dtype == torch.float32
    assert x[:, 0, 0, 0, 0].tolist() == [3, 5]
    assert present.tolist() == [[True, False, False, False], [True, False, True, False]]
    assert y.tolist() == [1, 1]


DROPPING = Phase("all", MODALITIES, modality_dropout=0.5)


def _studies(cohort, options, processes=1, process=0, phase=DROPPING):
    """{row: what training sees of it} and the weighted rows, for one process."""
    plans = plan_epoch(np.arange(21), options, torch.Generator().manual_seed(4), process, processes)
    seen = {}
    for plan, batch in zip(plans, training_batches(plans, cohort, phase, CPU, options), strict=True):
        for index, row in enumerate(plan.rows):
            seen[int(row)] = torch.cat([part[index].flatten().float() for part in batch])
    return plans, seen


@pytest.mark.parametrize(("accumulate", "processes"), [(1, 2), (2, 1), (2, 2), (3, 1)])
def test_pieces_and_processes_see_the_same_studies_as_one(cohort, accumulate, processes):
    whole, expected = _studies(cohort, FitOptions(batch_size=8))
    options = FitOptions(batch_size=8, accumulate=accumulate)
    shared = [_studies(cohort, options, processes, process) for process in range(processes)]
    seen = {row: study for _, studies in shared for row, study in studies.items()}
    assert seen.keys() == expected.keys() == set(range(21))
    assert all(torch.equal(seen[row], expected[row]) for row in seen)
    for step, plan in enumerate(whole):
        pieces = [plans[step * accumulate + piece] for plans, _ in shared for piece in range(accumulate)]
        assert sorted(np.concatenate([piece.rows for piece in pieces])) == sorted(plan.rows)
        means = np.array([piece.rows.mean() * piece.weight for piece in pieces])
        assert means.mean() == pytest.approx(plan.rows.mean())


def test_steps_are_of_nearly_equal_size():
    sizes = [len(rows) for rows in shuffled(np.arange(21), FitOptions(batch_size=8), torch.Generator())]
    assert sizes == [7, 7, 7]


def test_training_changes_studies_and_hides_modalities(cohort):
    _, seen = _studies(cohort, FitOptions())
    plain = load_batch(cohort, np.arange(21), MODALITIES, torch.device("cpu"))
    assert any(not torch.equal(seen[row][: plain.x[row].numel()], plain.x[row].flatten()) for row in seen)
    _, shown = _studies(cohort, FitOptions(), phase=Phase("two", ("t1", "t2")))
    present = torch.stack([shown[row][plain.x[row].numel() :][:4] for row in range(21) if row != 3])
    assert (present == torch.tensor([1.0, 0, 1, 0])).all()


def test_volumes_lie_as_3d_convolutions_like_them(cohort):
    plans = plan_epoch(np.arange(8), FitOptions(batch_size=8), torch.Generator())
    (batch,) = training_batches(plans, cohort, Phase("all", MODALITIES), CPU, FitOptions())
    assert batch.x.is_contiguous(memory_format=torch.channels_last_3d)


@pytest.mark.parametrize("patches", [False, True])
def test_studies_are_cut_and_shifted_as_in_full_precision(patches):
    rng = np.random.default_rng(0)
    x, regions = rng.normal(0, 1, (3, 4, 6, 8, 8)).astype(np.float16), rng.random((3, 3, 6, 4, 4)).astype(np.float16)
    y, phase = np.arange(3) % 2, Phase("all", MODALITIES, patches=patches)
    cohort = PreparedCohort(x, np.ones((3, 4), bool), regions, y, y)
    plan = Plan(np.array([2, 0]), np.array([7, 8]), 1.0)
    (batch,) = training_batches([plan], cohort, phase, CPU, FitOptions(painted=0, broad=0, broad_graded=0))
    for index, (row, seed) in enumerate(zip(plan.rows, plan.seeds, strict=True)):
        generator = torch.Generator().manual_seed(int(seed))
        whole = torch.from_numpy(x[row]).float(), torch.from_numpy(regions[row]).float()
        expected = augment(*(patch if patches else shift_slices)(*whole, generator), generator)
        assert torch.equal(batch.x[index], expected[0])
        assert torch.equal(batch.regions[index], expected[1])
    assert batch.x.dtype == batch.regions.dtype == torch.float32


def test_studies_to_be_graded_are_seen_by_other_scanners_too(cohort, monkeypatch):
    """Each by the generator of its own seed; patches have their own share."""
    monkeypatch.setattr(looks, "study_seen", lambda x, generator: x.float() + 100)
    plan = Plan(np.arange(21), np.arange(21), 1.0)
    (batch,) = training_batches([plan], cohort, Phase("all", MODALITIES), CPU, FitOptions())
    shown = [index for index, x in enumerate(batch.x) if x.min() > 50]
    assert 5 < len(shown) < 16
    half = Plan(plan.rows[10:], plan.seeds[10:], 1.0)
    (part,) = training_batches([half], cohort, Phase("all", MODALITIES), CPU, FitOptions())
    assert torch.equal(part.x, batch.x[10:])
    (patches,) = training_batches([plan], cohort, Phase("all", MODALITIES, patches=True), CPU, FitOptions(broad=0))
    assert patches.x.max() < 50


def test_margins_of_every_look(cohort):
    class First(torch.nn.Linear):
        def forward(self, x, present):
            return torch.stack([x[:, 0, 0, 0, 0] * 0, x[:, 0, 0, 0, 0]], 1)

    rows, module = np.array([4, 2]), First(1, 1)
    assert predict_looks(module, cohort, rows, MODALITIES).tolist() == [[4, 2]]
    both = replace(cohort, shifted=replace(cohort, x=cohort.x + np.float16(1)))
    assert predict_looks(module, both, rows, MODALITIES).tolist() == [[4, 2], [5, 3]]


def test_prefetching_keeps_the_order_and_passes_errors_on():
    assert list(prefetched(lambda plan: plan * 2, range(5))) == [0, 2, 4, 6, 8]
    with pytest.raises(ZeroDivisionError):
        list(prefetched(lambda plan: 1 // plan, [1, 0]))


@pytest.mark.parametrize("count", [1, 7, 8, 21])
def test_a_function_is_applied_to_each_row_in_order(cohort, count):
    rows = np.arange(20, 20 - count, -1)
    shown, device = ("t1ce", "t2"), torch.device("cpu")
    found = apply(lambda x, here: torch.stack([x[:, 1, 0, 0, 0], here.sum(1)], 1), cohort, rows, shown, device)
    assert found[:, 0].tolist() == rows.tolist()
    assert found[:, 1].tolist() == [1 if row == 3 else 2 for row in rows]
