from __future__ import annotations

import pytest
import torch

from training.data.random_fields import draw_cells, enlarged, noise_like, uniform


def _generator(seed=0):
    return torch.Generator().manual_seed(seed)


def test_numbers_lie_within_their_range():
    drawn = uniform(-1, 3, _generator(), (1000,))
    assert drawn.min() >= -1
    assert drawn.max() <= 3
    assert drawn.mean() == pytest.approx(1, abs=0.15)


def _fields(count, cells):
    return enlarged(draw_cells(count, cells, _generator()), (10, 20, 16))


@pytest.mark.parametrize("cells", [(1, 1, 1), (2, 3, 3), (4, 8, 9), (10, 20, 16)])
def test_fields_vary_as_much_whatever_their_cells(cells):
    fields = _fields(200, cells)
    assert fields.shape == (200, 10, 20, 16)
    assert fields.std() == pytest.approx(1, abs=0.1)
    assert abs(fields.mean()) < 0.15


def test_few_cells_make_neighbours_alike():
    smooth, rough = _fields(20, (2, 3, 3)), _fields(20, (10, 20, 16))
    assert torch.diff(smooth).std() < 0.4 * torch.diff(rough).std()


def test_noise_is_the_generators():
    like = torch.zeros(3, 4, 5)
    one, two, other = (noise_like(like, _generator(seed)) for seed in (1, 1, 2))
    assert torch.equal(one, two)
    assert not torch.equal(one, other)
    assert one.shape == like.shape
