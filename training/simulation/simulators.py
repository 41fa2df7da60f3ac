"""The simulators: each builds studies of the same signs in its own way."""

from collections.abc import Callable
from dataclasses import dataclass

from . import physics, study
from .study import SimulatedStudy


@dataclass(frozen=True)
class Simulator:
    """One way to build studies. version: goes up with every change that changes a voxel.

    simulate: as `training.simulation.study.simulate_study`. study_id: name of a study from seed and index, another in
    every simulator, since other patients must have other names.
    """

    version: str
    simulate: Callable[..., SimulatedStudy]
    study_id: Callable[[int, int], str]


SIMULATORS = {
    "template": Simulator(study.VERSION, study.simulate_study, study.study_id),
    "physics": Simulator(physics.VERSION, physics.simulate_study, physics.study_id),
}
