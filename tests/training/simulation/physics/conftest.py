"""One head of the second simulator, and signs to grow in it."""

from dataclasses import replace

import numpy as np
import pytest

from training.simulation.fields import Grid
from training.simulation.physics.brain import build_brain, draw_head
from training.simulation.physics.deformation import draw_deformation
from training.simulation.signs import draw_signs


@pytest.fixture(scope="session")
def grid():
    return Grid(4.0)


@pytest.fixture(scope="session")
def head():
    rng = np.random.default_rng(2)
    return draw_head(rng, draw_deformation(rng))


@pytest.fixture(scope="session")
def brain(head, grid):
    return build_brain(head, grid)


@pytest.fixture
def signs():
    drawn = draw_signs(np.random.default_rng(3), "LGG")
    return replace(drawn, lobe="frontal", whole_tumour_ml=60.0, core_ml=30.0, multifocal=False, sharp_margin=True)
