"""A cohort prepared once by a recipe and kept as memory-mapped arrays: a second run does no image work."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from zoo import GRADES, MODALITIES, Recipe, StudyError, Volumes
from zoo.registry import Registry, load_registry
from zoo.study.load import load_volumes
from zoo.study.prepare import prepare
from zoo.study.resample import resample

from ..cohorts import Case, CohortError
from ..jobs.files import claimed
from ..jobs.process_pool import over_cores
from .tissue_maps import TissueMaps
from .tumour_mask import BRATS_LABELS, read_regions

CACHE_VERSION = 4


@dataclass(frozen=True)
class PreparedCohort:
    """Arrays over N cases, in the cohort's order.

    x: float16 [N, 4, D, H, W]. present: bool [N, 4]. regions: float16 [N, 3, D, H, W], the share of each voxel in core,
    oedema and enhancing tumour; NaN where a case has no mask. y: int64 [N], 0 LGG and 1 HGG. targets: float64
    [N], what measurements are fitted to, see `Case.target`.
    fingerprint: of the cases and the contents of their files; the recipe has no part in it. tissues: what appearances
    are painted from, where that is known and wanted. shifted: the same cohort as other scanners would have given it,
    where what is fitted to one has to hold on others.
    """

    x: np.ndarray
    present: np.ndarray
    regions: np.ndarray
    y: np.ndarray
    targets: np.ndarray
    fingerprint: str = ""
    tissues: TissueMaps | None = None
    shifted: PreparedCohort | None = None

    @property
    def looks(self) -> tuple[PreparedCohort, ...]:
        """The cohort as stored, and as other scanners would have given it where that is wanted."""
        return (self,) if self.shifted is None else (self, self.shifted)


def prepare_cohort(cases: Sequence[Case], recipe: Recipe, folder: Path) -> PreparedCohort:
    """Prepare all cases over all cores, or open what an earlier call left in `folder`.

    `CohortError` names every case that can't be read.
    """
    contents = fingerprint(cases)
    home = folder / f"{contents}-{short_hash(CACHE_VERSION, recipe.as_json())}"
    if not (home / "done").is_file():
        with claimed(home):
            if not (home / "done").is_file():  # another process may have filled it meanwhile
                _fill(cases, recipe, home)
    # Copied on write, which nobody does: torch warns of arrays that can't be written to.
    arrays = {name: np.load(home / f"{name}.npy", mmap_mode="c") for name in ("x", "present", "regions")}
    y = np.array([GRADES.index(case.grade) for case in cases])
    return PreparedCohort(**arrays, y=y, targets=np.array([case.target for case in cases]), fingerprint=contents)


def fingerprint(cases: Sequence[Case]) -> str:
    """Name the cases by every id, grade, `p_hgg` and bit of their files, not by where these lie or when they came."""
    with ThreadPoolExecutor() as pool:
        digests = iter(list(pool.map(_digest, [file for case in cases for file in case.files])))
    return short_hash(
        [[case.id, case.grade, [next(digests) for _ in case.files], *_known(case.p_hgg)] for case in cases]
    )


def _known(p_hgg: float | None) -> list[float]:
    return [] if p_hgg is None else [p_hgg]


def _digest(path: Path) -> str:
    status = path.stat()
    return _digest_of(path, status.st_size, status.st_mtime_ns)


@cache
def _digest_of(path: Path, size: int, changed_ns: int) -> str:
    """Digest a file, once in a process: a cross-validation asks for every fold."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def short_hash(*facts: Any) -> str:
    """A short name for JSON values: equal for equal ones."""
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:16]


def _fill(cases: Sequence[Case], recipe: Recipe, home: Path) -> None:
    home.mkdir(parents=True, exist_ok=True)
    shapes = {
        "x": ((len(MODALITIES), *recipe.shape), np.float16),
        "present": ((len(MODALITIES),), np.bool_),
        "regions": ((len(BRATS_LABELS), *recipe.shape), np.float16),
    }
    arrays = {
        name: np.lib.format.open_memmap(home / f"{name}.npy", "w+", dtype, (len(cases), *shape))
        for name, (shape, dtype) in shapes.items()
    }
    failures = []
    for index, row in enumerate(_prepared(cases, recipe)):
        if isinstance(row, str):
            failures.append(row)
            continue
        for name, value in row.items():
            arrays[name][index] = value
    if failures:
        raise CohortError(
            f"Expected studies that can be read, found {len(failures)} of {len(cases)} that can't: "
            f"{' '.join(failures)} Mend them or take them out of the cohort."
        )
    for array in arrays.values():
        array.flush()
    (home / "done").touch()


def _prepared(cases: Sequence[Case], recipe: Recipe) -> Iterator[dict[str, np.ndarray] | str]:
    """Each case's row, or why there is none, in order, from all cores."""
    with over_cores(len(cases)) as each:
        rows = each(partial(_prepare_case, recipe=recipe), cases)
        yield from tqdm(rows, "preparing", len(cases), unit="study")


def _prepare_case(case: Case, recipe: Recipe) -> dict[str, np.ndarray] | str:
    try:
        volumes = load_volumes(registry().read(case.source))
        model_input = prepare(volumes, recipe)
        regions = _regions(case, volumes, model_input.affine, recipe)
    except StudyError as error:
        return str(error)
    except CohortError as error:
        return f"{case.id}: {error}"
    return {"x": model_input.x[0], "present": model_input.present[0], "regions": regions}


@cache
def registry() -> Registry:
    """Load the registry, once in a process."""
    return load_registry()


def _regions(case: Case, volumes: Volumes, model_affine: np.ndarray, recipe: Recipe) -> np.ndarray | float:
    if case.mask is None:
        return np.nan
    one_hot = read_regions(case.mask, volumes).astype(np.float32)
    return resample(one_hot, volumes.affine, model_affine, recipe)
