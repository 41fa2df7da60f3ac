"""The zoo from Python: list its models, load one, grade a study, explain a grade, show the tumour.

Torch is loaded when first needed.

    import zoo

    grade = zoo.grade("patient7/", "ensemble")
    print(grade.grade, grade.p_hgg)

Models are named by id (`ensemble` means `ensemble.compact`), by `file:PATH` for weights of your own, or by
`hub:ORG/NAME@SHA` for weights on the Hugging Face Hub. What goes wrong is a `zoo.ZooError` whose text is a sentence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from os import PathLike, fspath
from typing import TYPE_CHECKING

from zoo.types import DEFAULT_EXPLAINER, Explanation, Grade, Segmentation
from zoo.types.roles import DEFAULT_MODEL, SEGMENTER

if TYPE_CHECKING:
    from zoo.inference.open_study import OpenStudy
    from zoo.weights.load import TrainedModel

Paths = str | PathLike[str]
Source = Paths | Sequence[Paths] | Mapping[str, Paths]
"""A folder or zip of one study's scans, NIfTI or DICOM; its files; or {modality: NIfTI file}, see `zoo.MODALITIES`."""


def list_models(pattern: str = "*", trained: bool | None = None) -> list[str]:
    """List ids of models that match a shell pattern such as "single-*"; none when nothing matches.

    trained: only those that can grade (True), or can't yet (False).

        >>> zoo.list_models("*-control.*", trained=True)
        ['volume-control.compact', 'delta-control.compact']
    """
    from zoo.inference.loaded import requested_registry

    specs = [spec for spec in requested_registry().models.values() if trained in (None, spec.is_trained)]
    return [spec.id for spec in specs if fnmatchcase(spec.id, pattern) or fnmatchcase(_untagged(spec.id), pattern)]


def load_model(model: str, device: str = "cpu") -> TrainedModel:
    """Load a model with its weights: `.module` in evaluation mode, `.spec.recipe`, `.record.calibration`.

    `.module(x, present)` takes x float32 [B, 4, D, H, W] in model space, prepared by the recipe (white matter 0,
    background −1, absent modalities 0), and present bool [B, 4], both in the order of `zoo.MODALITIES`; it returns
    logits float [B, 2] in the order of `zoo.GRADES`. `.record.calibrated_for(modalities)` is the calibration for
    studies with these of the modalities that the model uses, and its error; `.log_odds(logits[:, 1] - logits[:, 0])` of
    that calibration are the calibrated log-odds of HGG. Each call returns a module of its own.

    Raises `PluginError` when there is no such model or it can't be built, `WeightsError` when it isn't trained or its
    weights are damaged.

        >>> model = zoo.load_model("single-t1ce")
        >>> logits = model.module(torch.zeros(1, 4, *model.spec.recipe.shape), torch.ones(1, 4, dtype=torch.bool))
    """
    from zoo.inference.loaded import requested_registry
    from zoo.weights.external import resolve_model
    from zoo.weights.load import load_weights

    return load_weights(resolve_model(requested_registry(), model), device)


def open_study(source: Source, raw: bool | None = None) -> OpenStudy:
    """Read, check and prepare a study once, to be given to `grade`, `explain` and `segment` in place of its files.

    raw: whether its scans are as the scanner made them, and are to be laid on each other, stripped of the skull and
    turned upright; where None is given, those are that lie on several grids or show more than a brain.

    Its `save(explanation, path)` writes a map as NIfTI. Raises `StudyError` when the scans can't be read, or can't be
    one study.

        >>> study = zoo.open_study("patient7/")
        >>> grades = [zoo.grade(study, model) for model in zoo.list_models(trained=True)]
    """
    from zoo.inference.loaded import requested_registry
    from zoo.inference.open_study import open_study

    return open_study(requested_registry(), fspath(source) if isinstance(source, PathLike) else source, raw)


def grade(source: Source | OpenStudy, model: str = DEFAULT_MODEL, prevalence: float | None = None) -> Grade:
    """Grade one study by one model: "LGG" or "HGG", `p_hgg` from 0 to 1, and what it rests on. Research demonstration,
    not a medical device.

    prevalence: share of HGG among your patients, above 0 and below 1, for which `p_hgg`, `logit` and `threshold` are to
    hold; that of the calibration, which is one half of all models of the zoo, where none is given. The grade is the
    same at any.

    Raises `StudyError` when the scans can't be read, `Refused` when this model must not grade them, `WeightsError` when
    it isn't trained or its weights are damaged, `PluginError` when there is no such model or it fails, `ZooError` for
    another prevalence.

        >>> zoo.grade("patient7/", "ensemble").p_hgg
        0.985
        >>> zoo.grade("patient7/", "ensemble", prevalence=0.75).p_hgg
        0.995
    """
    from zoo.weights.prevalence import at_prevalence, expect_prevalence

    share = expect_prevalence(prevalence)
    grader = _trained(model)  # first: who misspelt it need not wait for the scans
    return at_prevalence(_opened(source).grade(grader), share)


def explain(source: Source | OpenStudy, model: str = DEFAULT_MODEL, explainer: str = DEFAULT_EXPLAINER) -> Explanation:
    """Explain one model's grade of one study: positive values speak for HGG, negative ones for LGG.

    Explainers by voxels give `.values` float32 [4, D, H, W], a map a modality in model space, with `.affine` from its
    voxels to world in mm; `OpenStudy.save` carries it to the study's own grid. Those by modalities give [4], named in
    `.by_modality`, in log-odds of HGG where they are Shapley values.

    Raises the same as `grade`, and `PluginError` when there is no such explainer or it can't explain this model.

        >>> study = zoo.open_study("patient7/")
        >>> study.save(zoo.explain(study, "ensemble"), "heat.nii.gz")
    """
    from zoo.inference.loaded import requested_registry

    grader, method = _trained(model), requested_registry().explainer(explainer)
    return _opened(source).explain(grader, method)


def segment(source: Source | OpenStudy, model: str = SEGMENTER) -> Segmentation:
    """Find the tumour's regions in one study by a model that scores them: core, oedema and enhancing tumour.

    `.labels`, uint8 [x, y, z], lie on the study's own grid (`zoo.REGION_LABELS` has their numbers), `.affine` leads
    from there to the world in mm, and `.measurements` has ml, diameters, parts and places of each region and the whole.
    `OpenStudy.save_regions` writes the labels as NIfTI. Research demonstration, not a medical device: they are regions
    that a network found and nobody has checked.

    Raises the same as `grade`, and `PluginError` when the model scores no regions.

        >>> zoo.segment("patient7/").measurements["enhancing"].ml
        12.3
    """
    segmenter = _trained(model)
    return _opened(source).segment(segmenter)


def _untagged(model_id: str) -> str:
    """Shorten an id to what stands for it: `ensemble` for `ensemble.compact`."""
    from zoo.registry import DEFAULT_TAG

    return model_id.removesuffix(f".{DEFAULT_TAG}")


def _opened(source: Source | OpenStudy) -> OpenStudy:
    from zoo.inference.open_study import OpenStudy

    return source if isinstance(source, OpenStudy) else open_study(source)


def _trained(model: str) -> TrainedModel:
    from zoo.inference.loaded import requested_registry, trained
    from zoo.weights.external import resolve_model

    return trained(resolve_model(requested_registry(), model).address)
