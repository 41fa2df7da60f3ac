"""Many simulated studies on disk, in the BraTS folder layout, resumable."""

import csv
import json
import shutil
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import nibabel
import numpy as np
from tqdm import tqdm

from ..cohorts import CohortError
from ..jobs.engine import Engine, side_by_side
from ..jobs.files import atomic_write, claimed, write_json
from ..jobs.process_pool import AT_MOST, cores
from .contrast import MODALITIES
from .ideal_observer import ideal_p_hgg
from .simulators import SIMULATORS
from .study import SimulatedStudy, grade_of, study_site

DESCRIPTION = "cohort.json"


@dataclass(frozen=True)
class Task:
    """One study to write. out: the cohort's folder. site: number of a hospital. simulator: one of `SIMULATORS`."""

    out: Path
    seed: int
    index: int
    spacing_mm: float
    site: int | None = None
    simulator: str = "template"

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def folder(self) -> Path:
        return self.out / grade_of(self.index) / SIMULATORS[self.simulator].study_id(self.seed, self.index)

    @property
    def signs(self) -> Path:
        return self.folder / f"{self.folder.name}_signs.json"


def write_cohort(
    out: Path,
    cases: int,
    seed: int,
    spacing_mm: float = 2.0,
    engine: Engine | None = None,
    sites: int = 0,
    site_grade_correlation: float = 0.0,
    simulator: str = "template",
) -> None:
    """Write studies 0 … `cases` − 1 of `seed` to `out` as BraTS folders, with cohort.csv and .json.

    `engine`: where, over all cores of this machine if none. `simulator`: one of `SIMULATORS`.

    With `sites` every study comes from one of so many hospitals, each with its own look.
    `site_grade_correlation` (0 to 1) is how strongly they follow grade: at 0 each sees both grades
    alike, at 1 one only.

    Studies that are already there are kept, so an interrupted call can be repeated; a larger
    `cases` extends the cohort. Another process that writes there is waited for. Raises `CohortError`
    if `out` holds a cohort made differently.
    """
    _check_simulator(simulator)
    _check_sites(sites, site_grade_correlation)
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    # The keys are those of cohorts that are there already, which stay extensible.
    made = {"family": simulator, "version": SIMULATORS[simulator].version, "seed": seed, "spacing_mm": spacing_mm}
    site_of = (
        partial(study_site, seed, sites=sites, correlation=site_grade_correlation) if sites else lambda index: None
    )
    tasks = [Task(out, seed, index, spacing_mm, site_of(index), simulator) for index in range(cases)]
    with claimed(out / DESCRIPTION):
        _write_description(out, made | ({"sites": sites, "tie": site_grade_correlation} if sites else {}), cases)
        _write_studies(out, tasks, engine or Engine())
        _write_table(out, tasks, signs_tell_all=not site_grade_correlation)


def _check_simulator(name: str) -> None:
    if name not in SIMULATORS:
        raise CohortError(f"simulator: expected {' or '.join(SIMULATORS)}, found {name!r}.")


def _check_sites(sites: int, correlation: float) -> None:
    if sites < 0 or sites == 1:
        raise CohortError(f"sites: expected 2 or more, or 0 for a scanner per study; found {sites}.")
    if not 0 <= correlation <= (1 if sites else 0):
        expected = "expected a number from 0 to 1" if sites else "expected 0 where there are no sites"
        raise CohortError(
            f"site-grade correlation: {expected}, found {correlation}; it says how strongly sites follow grade."
        )


def _write_studies(out: Path, tasks: list[Task], engine: Engine) -> None:
    """Write those studies that are not there yet."""
    missing = [task for task in tasks if not task.folder.exists()]
    with side_by_side(_over_all_cores(engine), out) as execute:
        written = execute(write_study, missing)
        list(tqdm(written, "simulating", len(tasks), initial=len(tasks) - len(missing), unit="study"))


def _over_all_cores(engine: Engine) -> Engine:
    """The same engine, over all cores of this machine where it says no number: a GPU, if there is one, has no part."""
    return engine if engine.is_elsewhere or engine.processes else replace(engine, processes=AT_MOST.get() or cores())


def write_study(task: Task) -> None:
    """Simulate and write one study: whole, or not at all."""
    study = SIMULATORS[task.simulator].simulate(task.seed, task.index, task.spacing_mm, None, task.site)
    partial = task.folder.with_name(f".partial-{task.folder.name}")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    for modality, image in zip(MODALITIES, study.images, strict=True):
        _save(partial, study, modality, np.clip(np.rint(image), 0, 32767).astype(np.int16))
    _save(partial, study, "seg", study.labels)
    (partial / f"{study.id}_signs.json").write_text(json.dumps(study.signs, indent=1))
    partial.rename(task.folder)


def _save(folder: Path, study: SimulatedStudy, name: str, volume: np.ndarray) -> None:
    # nibabel compresses at gzip level 1 unless told otherwise.
    image = nibabel.Nifti1Image(volume, study.affine)
    image.header.set_xyzt_units("mm")
    nibabel.save(image, folder / f"{study.id}_{name}.nii.gz")


def _write_description(out: Path, made: dict, cases: int) -> None:
    path = out / DESCRIPTION
    if path.exists():
        found = json.loads(path.read_text())
        found.pop("cases", None)
        if found != made:
            raise CohortError(
                f"{out} already holds another cohort: {found}, not {made}. Choose an empty folder, or delete this one."
            )
    write_json(path, made | {"cases": cases})


def _write_table(out: Path, tasks: list[Task], signs_tell_all: bool) -> None:
    """Write cohort.csv, with p_hgg unless hospitals follow grade: then images show more of it than the signs do."""
    with atomic_write(out / "cohort.csv") as unfinished, unfinished.open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["case", "grade", "patient", "site", "folder", "p_hgg"])
        for task in tasks:
            name, grade = task.folder.name, task.folder.parent.name
            site = f"simulated-site-{task.site}" if task.site else f"simulated-s{task.seed}"
            population = SIMULATORS[task.simulator].population
            p_hgg = f"{ideal_p_hgg(json.loads(task.signs.read_text()), population):.6f}" if signs_tell_all else ""
            table.writerow([name, grade, name, site, f"{grade}/{name}", p_hgg])
