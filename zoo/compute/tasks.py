"""What the compute process does for the page: read a study once, then grade and explain it model by model.

What one task keeps for the next is in memory, and in a session folder without any header: so a replaced process can go
on, and the uploaded files can be deleted at once.
"""

from __future__ import annotations

import gc
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from zoo.assets.references import load_references, read_references
from zoo.blocks import ActivationCache
from zoo.compute.copies import copies, write_copies
from zoo.compute.memory import release_memory
from zoo.compute.studies import Studies
from zoo.errors import PluginError, StudyError
from zoo.inference.explain import along_slices, save_for_viewer
from zoo.inference.loaded import model, registry, trained
from zoo.inference.open_study import OpenStudy
from zoo.registry.origin import is_built_in, origin
from zoo.render.preparation_picture import preparation_picture
from zoo.render.region_facts import segmentation_json
from zoo.render.slice_picture import middle_slice
from zoo.report.contents import gather
from zoo.report.store import (
    load_regions,
    preparation_file,
    region_map,
    store_contributions,
    store_grade,
    store_regions,
    stored_addresses,
)
from zoo.report.write import to_html, to_json
from zoo.scanner.load_study import load_study
from zoo.study.load import load_scan
from zoo.study.save import save_nifti
from zoo.types import (
    DEFAULT_EXPLAINER,
    MODALITIES,
    MODALITY_TITLES,
    SHAPLEY_EXPLAINER,
    Explanation,
    Grade,
    HeatMap,
    Progress,
    Recipe,
)
from zoo.types.roles import DEFAULT_MODEL, SEGMENTER, SLICE_EXPLAINER

MEMORY = ActivationCache()  # of this study, and of the references, which every study needs again
STUDIES = Studies(lambda volumes: OpenStudy(registry(), volumes, MEMORY))


def warm_up(progress: Progress) -> None:
    """Load the built-in models and the reference brains, and check and explain one of these, so that the first study
    doesn't wait for what is made once; an outsider's model may hang, and waits."""
    for spec in registry().models.values():
        if spec.is_trained and is_built_in(spec):
            with suppress(Exception):  # whoever chooses this model is told
                trained(spec.id)
    load_references(Recipe())
    study = OpenStudy(registry(), read_references()[0])
    with suppress(Exception):
        study.explain(trained(DEFAULT_MODEL), registry().explainer(DEFAULT_EXPLAINER))
    release_memory()
    gc.freeze()  # what is there now stays: to look through it for garbage took 0.4 s a study


def load(source: str, progress: Progress) -> None:
    """Load a model from elsewhere, strictly, before anybody is offered it."""
    spec = model(source)
    progress(0.5, f"Loading {spec.title}{origin(spec)}")
    trained(source)


def read(files: Mapping[str, Path], folder: Path, progress: Progress, remarks: tuple[str, ...] = ()) -> None:
    """Read {modality: file} as the study of a session, whose folder's name becomes its id. remarks: on their choice."""
    progress(0.1, "Reading the scans")
    study = registry().read(files)
    given = replace(study, id=folder.name, remarks=(*study.remarks, *remarks))
    volumes = load_study(given, progress=lambda share, step: progress(0.1 + 0.9 * share, step))
    STUDIES.add(folder, volumes)
    if volumes.preparation:
        preparation_file(folder).write_bytes(preparation_picture(volumes.preparation))


def look(files: Sequence[Path], progress: Progress) -> dict[str, bytes | None]:
    """A small picture of each scan by its name, None of one that can't be read."""
    pictures: dict[str, bytes | None] = {}
    for path in files:
        progress(len(pictures) / len(files), f"Looking at {path.name}")
        pictures[path.name] = None
        with suppress(StudyError):
            pictures[path.name] = middle_slice(*load_scan(path.name, MODALITIES[0], path))
    return pictures


def copy(folder: Path, progress: Progress) -> None:
    """Leave anonymous copies of the scans in their session's folder, unless they are there."""
    if not copies(folder):
        for name in write_copies(folder, STUDIES.volumes(folder)):
            progress(0.9, f"Copied {MODALITY_TITLES[name]} without its header")


def grade(folder: Path, model_id: str, progress: Progress) -> Grade:
    """One model's grade of the study in a session folder."""
    progress(0.2, "Reading the study")
    study, spec = STUDIES.open(folder), model(model_id)
    progress(0.5, f"Grading with {spec.title}{origin(spec)}")
    answer = study.grade(trained(model_id))
    store_grade(folder, answer, trained(model_id).parameters, spec.address)
    return answer


def segment(folder: Path, model_id: str, progress: Progress) -> dict[str, Any]:
    """What is said of the regions that one model finds, see `segmentation_json`; they are found once, and their label
    map is left in the session folder, see `region_map`, on the grid of the copies that the viewer shows."""
    spec = model(model_id)
    if told := load_regions(folder, spec.id):
        return told
    progress(0.2, f"Finding the tumour's regions with {spec.title}{origin(spec)}")
    segmentation = STUDIES.open(folder).segment(trained(model_id))
    progress(0.9, "Writing the regions")
    save_nifti(region_map(folder, spec.id), segmentation.labels, segmentation.affine)
    store_regions(folder, segmentation_json(segmentation))
    return segmentation_json(segmentation)


def segment_in_study_space(folder: Path, model_id: str, progress: Progress) -> Path:
    """Label map of the regions that one model finds: a 3-D NIfTI in the session folder, on the grid of the scans as
    they were given."""
    segment(folder, model_id, progress)
    study, spec = STUDIES.open(folder), model(model_id)
    if not study.volumes.scanner:
        return region_map(folder, spec.id)
    path = folder / f"{spec.id}.regions.study.nii.gz"
    study.save_regions(study.segment(trained(model_id)), path)
    return path


def parameters(model_id: str, progress: Progress) -> int:
    """How many a model has, those of its members with it."""
    return trained(model_id).parameters


def contributions(
    folder: Path, model_id: str, progress: Progress, explainer_id: str = SHAPLEY_EXPLAINER
) -> Explanation:
    """Explain one model's grade by one value a modality; those of the default explainer are kept for the report."""
    explanation = _explained(folder, model_id, explainer_id, progress)
    if explainer_id == SHAPLEY_EXPLAINER:
        store_contributions(folder, explanation)
    return explanation


def slice_curves(folder: Path, model_id: str, progress: Progress) -> dict[str, list[tuple[float, float]]]:
    """How much one model's own attention looked at each slice, by modality, see `along_slices`; of most models none."""
    try:
        return along_slices(_explained(folder, model_id, SLICE_EXPLAINER, progress))
    except PluginError:
        return {}


def report(folder: Path, made: str, progress: Progress, prevalence: float | None = None) -> list[Path]:
    """All that was computed for the study so far: as HTML, as JSON, and the map of its regions, if they were found.

    made: date and time. prevalence: of its grades, see `at_prevalence`.
    """
    progress(0.2, "Drawing the report")
    study = STUDIES.open(folder)
    for address in stored_addresses(folder):
        model(address)  # into the registry: it may have graded before this process was started
    contents = gather(folder, study.volumes, study.findings, registry(), made, prevalence)
    paths = {folder / f"glioma-zoo-report.{kind}": write for kind, write in (("html", to_html), ("json", to_json))}
    for path, write in paths.items():
        path.write_text(write(contents), encoding="utf-8")
    found = load_regions(folder, SEGMENTER) is not None
    return [*paths, *([segment_in_study_space(folder, SEGMENTER, progress)] if found else [])]


def explain(folder: Path, model_id: str, explainer_id: str, progress: Progress) -> HeatMap:
    """A 4-D NIfTI in the session folder: one model's attribution map, on a coarse grid."""
    explanation = _explained(folder, model_id, explainer_id, progress)
    progress(0.99, "Drawing the map")
    path = folder / f"{explanation.model}.{explainer_id}.nii.gz"
    save_for_viewer(explanation, path)
    return HeatMap(path, explanation.facts, explanation.seconds)


def explain_in_study_space(folder: Path, model_id: str, explainer_id: str, progress: Progress) -> HeatMap:
    """A 4-D NIfTI in the session folder: one model's attribution map, on the grid of the scans."""
    explanation = _explained(folder, model_id, explainer_id, progress)
    progress(0.99, "Writing the map")
    path = folder / f"{explanation.model}.{explainer_id}.study.nii.gz"
    STUDIES.open(folder).save(explanation, path)
    return HeatMap(path, explanation.facts, explanation.seconds)


def _explained(folder: Path, model_id: str, explainer_id: str, progress: Progress) -> Explanation:
    """`Refused` where the study would not be graded either."""
    spec = model(model_id)

    def named(fraction: float, text: str) -> None:
        progress(fraction, f"{text} of {spec.title}{origin(spec)}")

    return STUDIES.open(folder).explain(trained(model_id), registry().explainer(explainer_id), named)
