"""Many simulated studies on disk, in the BraTS folder layout, resumable."""

import csv
import json
import multiprocessing
import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import nibabel
import numpy as np
from tqdm import tqdm

from training.cohorts import CohortError
from training.simulation.contrast import MODALITIES
from training.simulation.study import VERSION, SimulatedStudy, grade_of, simulate_study, study_id


@dataclass(frozen=True)
class Task:
    """One study to write: `out` is the cohort's folder."""

    out: Path
    seed: int
    index: int
    spacing_mm: float

    @property
    def folder(self) -> Path:
        return self.out / grade_of(self.index) / study_id(self.seed, self.index)


def write_cohort(out: Path, cases: int, seed: int, spacing_mm: float = 2.0, processes: int | None = None) -> None:
    """Write studies 0 … `cases` − 1 of `seed` to `out` as BraTS folders, with cohort.csv and .json.

    Studies that are already there are kept, so an interrupted call can be repeated; a larger
    `cases` extends the cohort. Raises `CohortError` if `out` holds a cohort made differently.
    """
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    _write_description(out, cases, seed, spacing_mm)
    tasks = [Task(out, seed, index, spacing_mm) for index in range(cases)]
    missing = [task for task in tasks if not task.folder.exists()]
    progress = tqdm(total=cases, initial=cases - len(missing), desc="simulating", unit="study")
    with progress:
        for _ in _run(missing, processes or os.cpu_count() or 1):
            progress.update()
    _write_table(out, tasks)


def _run(tasks: list[Task], processes: int) -> Iterator[None]:
    if processes == 1 or len(tasks) < 2:
        yield from map(write_study, tasks)
        return
    # Spawned, not forked: a parent with PyTorch threads can't be forked safely.
    with one_thread(), ProcessPoolExecutor(processes, multiprocessing.get_context("spawn")) as pool:
        yield from pool.map(write_study, tasks)


@contextmanager
def one_thread() -> Iterator[None]:
    """Processes started within use one thread each for their linear algebra."""
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(dict.fromkeys(names, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


def write_study(task: Task) -> None:
    """Simulate and write one study: whole, or not at all."""
    study = simulate_study(task.seed, task.index, task.spacing_mm)
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


def _write_description(out: Path, cases: int, seed: int, spacing_mm: float) -> None:
    path = out / "cohort.json"
    wanted = {"version": VERSION, "seed": seed, "spacing_mm": spacing_mm}
    if path.exists():
        found = {key: json.loads(path.read_text()).get(key) for key in wanted}
        if found != wanted:
            raise CohortError(
                f"{out} already holds another cohort: {found}, not {wanted}. "
                "Choose an empty folder, or delete this one."
            )
    path.write_text(json.dumps(wanted | {"cases": cases}, indent=1))


def _write_table(out: Path, tasks: list[Task]) -> None:
    with (out / "cohort.csv").open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["case", "grade", "patient", "site", "folder"])
        for task in tasks:
            name, grade = task.folder.name, task.folder.parent.name
            table.writerow([name, grade, name, f"simulated-s{task.seed}", f"{grade}/{name}"])
