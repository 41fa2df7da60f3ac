"""The simulators: each builds studies of the same kinds of signs in its own way, of patients of its own."""

from collections.abc import Callable
from dataclasses import dataclass

from . import physics, study
from .signs import POPULATION, Population, Signs
from .study import SimulatedStudy


@dataclass(frozen=True)
class Simulator:
    """One way to build studies. version: goes up with every change that changes a voxel.

    simulate: as `training.simulation.study.simulate_study`. study_id: name of a study from seed and index, another in
    every simulator, since other patients must have other names. population: whom it draws. study_signs: what it draws
    of a patient, from seed and index.
    """

    version: str
    simulate: Callable[..., SimulatedStudy]
    study_id: Callable[[int, int], str]
    population: Population
    study_signs: Callable[[int, int], Signs]


SIMULATORS = {
    "template": Simulator(study.VERSION, study.simulate_study, study.study_id, POPULATION, study.study_signs),
    "physics": Simulator(
        physics.VERSION, physics.simulate_study, physics.study_id, physics.PATIENTS, physics.study_signs
    ),
}


def simulator_of(case: str) -> Simulator:
    """Return the simulator whose studies have such names as `case`; the first one, where none has."""
    prefix, _, _ = case.partition("-")
    named = [simulator for simulator in SIMULATORS.values() if simulator.study_id(0, 0).startswith(f"{prefix}-")]
    return named[0] if named else SIMULATORS["template"]
