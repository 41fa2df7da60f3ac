"""What the compute process does for the page: read a study once, then grade and explain it model by model.

Everything that one task keeps for the next lives in a session folder: header-stripped copies of the scans, which the
viewer shows too. So a replaced process can go on, and the uploaded files can be deleted at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from zoo.assets.references import load_references
from zoo.blocks import ActivationCache
from zoo.errors import PluginError
from zoo.inference.explain import along_slices, save_for_viewer
from zoo.inference.loaded import model, registry, trained
from zoo.inference.open_study import OpenStudy
from zoo.registry.origin import is_built_in, origin
from zoo.report import gather, store_contributions, store_grade, stored_addresses, to_html, to_json
from zoo.study.load import load_volumes
from zoo.study.save import save_nifti
from zoo.types import (
    MODALITIES,
    MODALITY_TITLES,
    SHAPLEY_EXPLAINER,
    Explanation,
    Grade,
    HeatMap,
    Progress,
    Recipe,
    Study,
)
from zoo.types.roles import SLICE_EXPLAINER

MEMORY = ActivationCache()  # of this study, and of the references, which every study needs again


def warm_up(progress: Progress) -> None:
    """Load the built-in models and the reference brains, so that the first study doesn't wait for them; an outsider's
    model may hang, and waits."""
    for spec in registry().models.values():
        if spec.is_trained and is_built_in(spec):
            with suppress(Exception):  # whoever chooses this model is told
                trained(spec.id)
    load_references(Recipe())


def load(source: str, progress: Progress) -> None:
    """Load a model from elsewhere, strictly, before anybody is offered it."""
    spec = model(source)
    progress(0.5, f"Loading {spec.title}{origin(spec)}")
    trained(source)


def read(files: Mapping[str, Path], folder: Path, progress: Progress) -> None:
    """Read {modality: file} and leave anonymous copies in `folder`; its name becomes the study's id."""
    progress(0.1, "Reading the scans")
    volumes = load_volumes(replace(registry().read(files), id=folder.name))
    for name, data in zip(MODALITIES, volumes.data, strict=True):
        if name in volumes.modalities:
            progress(0.6, f"Copying {MODALITY_TITLES[name]} without its header")
            save_nifti(folder / f"{name}.nii.gz", data, volumes.affine)


def grade(folder: Path, model_id: str, progress: Progress) -> Grade:
    """One model's grade of the study in a session folder."""
    progress(0.2, "Reading the study")
    study, spec = _study(folder), model(model_id)
    progress(0.5, f"Grading with {spec.title}{origin(spec)}")
    answer = study.grade(trained(model_id))
    store_grade(folder, answer, parameters(model_id, progress), spec.address)
    return answer


def parameters(model_id: str, progress: Progress) -> int:
    """How many a model has, those of its members with it."""
    return sum(parameter.numel() for parameter in trained(model_id).module.parameters())


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


def report(folder: Path, made: str, progress: Progress) -> list[Path]:
    """All that was computed for the study so far, as HTML and as JSON. made: date and time."""
    progress(0.2, "Drawing the report")
    study = _study(folder)
    for address in stored_addresses(folder):
        model(address)  # into the registry: it may have graded before this process was started
    contents = gather(folder, study.volumes, study.findings, registry(), made)
    paths = {folder / f"glioma-zoo-report.{kind}": write for kind, write in (("html", to_html), ("json", to_json))}
    for path, write in paths.items():
        path.write_text(write(contents), encoding="utf-8")
    return list(paths)


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
    _study(folder).save(explanation, path)
    return HeatMap(path, explanation.facts, explanation.seconds)


def _explained(folder: Path, model_id: str, explainer_id: str, progress: Progress) -> Explanation:
    """`Refused` where the study would not be graded either."""
    spec = model(model_id)

    def named(fraction: float, text: str) -> None:
        progress(fraction, f"{text} of {spec.title}{origin(spec)}")

    return _study(folder).explain(trained(model_id), registry().explainer(explainer_id), named)


@lru_cache(maxsize=2)
def _study(folder: Path) -> OpenStudy:
    paths = {name: folder / f"{name}.nii.gz" for name in MODALITIES if (folder / f"{name}.nii.gz").is_file()}
    volumes = load_volumes(Study(folder.name, paths))
    return OpenStudy(registry(), volumes, MEMORY)
