"""Simulated gliomas: training studies made from public anatomy, without a patient.

Reads top to bottom as: `anatomy` (a brain) → `signs` (what this patient shows) → `growth`
(where the tumour is) → `contrast` (what each tissue looks like) → `acquisition` (what the
scanner does to it) → `study` (all of these) → `cohort` (many, on disk). `physics` does all from growth
to acquisition by other means, for studies that no model was trained on: `simulators` names both.
"""

from .cohort import write_cohort
from .study import VERSION, SimulatedStudy, simulate_study

__all__ = ["VERSION", "SimulatedStudy", "simulate_study", "write_cohort"]
