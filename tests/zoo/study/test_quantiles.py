"""Numpy's own are the reference."""

from __future__ import annotations

import numpy as np
import pytest

from zoo.study.quantiles import quantiles


@pytest.mark.parametrize("count", [1, 2, 7, 1000])
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int16])
def test_as_numpy_has_them(count, dtype):
    values = (100 * np.random.default_rng(count).normal(size=count)).astype(dtype)
    shares = [0, 0.1, 0.5, 0.613, 1]
    np.testing.assert_allclose(quantiles(values, shares), np.quantile(values, shares), rtol=1e-6, atol=1e-5)
