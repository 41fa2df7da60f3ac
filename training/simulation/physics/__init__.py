"""A second simulator, built by other means: what a model never trained on, and still no patient.

It shares grid, template and the kinds of signs with the first and nothing else. Reads top to bottom as: `patients`
(whom it draws, and how often signs occur) → `deformation` → `brain` (another person's head) → `tumour` (reaction and
diffusion) → `regions` (what the tumour is made of) → `structures` (what else is bright after contrast agent) →
`agent`, `tissues`, `sequences` (dose, delay and relaxation times → signal) → `protocol` (how a hospital scans) →
`imaging` (tissue → noiseless images) → `coils`, `kspace`, `strip` (what the scanner and preprocessing do to them) →
`study`.
"""

from .patients import PATIENTS
from .study import VERSION, simulate_study, study_id, study_signs

__all__ = ["PATIENTS", "VERSION", "simulate_study", "study_id", "study_signs"]
