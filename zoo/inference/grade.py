"""One study through one model: refuse by name, or answer with a probability and what it rests on."""

from __future__ import annotations

import time
from collections.abc import Sequence

import torch

from zoo.blocks import OneDNNConvolutions
from zoo.errors import PluginError, Refused
from zoo.registry.origin import attribute_errors_to
from zoo.study.prepare import Prepare, prepare
from zoo.types import GRADES, MODALITY_TITLES, Finding, Grade, ModelInput, ModelSpec, Volumes
from zoo.weights.calibration import probability, subset_name
from zoo.weights.load import TrainedModel


def grade_study(
    volumes: Volumes, findings: Sequence[Finding], model: TrainedModel, prepare: Prepare = prepare
) -> Grade:
    """Grade a study with a trained model; raises `Refused` or, when the model misbehaves, `PluginError`.

    prepare: for callers who keep what they prepared once.
    """
    refuse_unfit(volumes, findings, model.spec)
    started = time.perf_counter()
    margin = hgg_margin(model, prepare(volumes, model.spec.recipe))
    seconds = time.perf_counter() - started
    record = model.record
    here = [name for name in model.spec.uses if name in volumes.modalities]
    calibration, error = record.calibrated_for(here)
    sensitivity, specificity = record.operating_point_for(here)
    logit = calibration.log_odds(margin)
    p_hgg = probability(logit)
    return Grade(
        study=volumes.id,
        model=model.spec.id,
        grade=GRADES[p_hgg >= record.threshold],
        p_hgg=p_hgg,
        logit=logit,
        seconds=seconds,
        warnings=(*messages(findings, "warning"), *_missing_warning(volumes, model)),
        weights=model.revision,
        calibration=calibration.description,
        calibration_error=error,
        trained_on=record.trained_on,
        remarks=messages(findings, "remark"),
        prevalence=calibration.prevalence,
        calibrated_at=calibration.prevalence,
        threshold=record.threshold,
        sensitivity=sensitivity,
        specificity=specificity,
    )


def refuse_unfit(volumes: Volumes, findings: Sequence[Finding], spec: ModelSpec, deed: str = "graded") -> None:
    """Raise `Refused` when a check says so or when the study lacks a modality that the model needs.

    deed: what is not done with the study then. What was done with the files is said too: what is lacking may be among
    those that were not used.
    """
    if reason := _unfitness(volumes, findings, spec):
        raise Refused(" ".join([f"{volumes.id}: not {deed}: {reason}", *messages(findings, "remark")]))


def _unfitness(volumes: Volumes, findings: Sequence[Finding], spec: ModelSpec) -> str:
    """Why a model must not grade a study, "" where it may."""
    refusals = messages(findings, "refusal")
    if refusals:
        return refusals[0]
    missing = [name for name in spec.needs if name not in volumes.modalities]
    if missing:
        return (
            f"{spec.id} needs {titles(spec.needs)}, but the study has {titles(volumes.modalities)}. "
            f"Add {titles(missing)} or choose another model."
        )
    if not set(spec.uses) & set(volumes.modalities):
        return (
            f"{spec.id} looks at {titles(spec.uses)}, but the study has only {titles(volumes.modalities)}. "
            "Add one of them or choose another model."
        )
    return ""


def hgg_margin(model: TrainedModel, model_input: ModelInput) -> float:
    """logit(HGG) − logit(LGG) of one study, before calibration."""
    x, present = (torch.from_numpy(array).to(model.device) for array in (model_input.x, model_input.present))
    with attribute_errors_to(model.spec), torch.inference_mode(), OneDNNConvolutions():
        logits = model.module(x, present)
        if tuple(logits.shape) != (1, len(GRADES)):
            raise PluginError(f"expected logits of shape (1, 2), found {tuple(logits.shape)}. Choose another model.")
        if not torch.isfinite(logits).all():
            raise PluginError("the model's output is not a finite number. Choose another model.")
        return float(logits[0, 1] - logits[0, 0])


def messages(findings: Sequence[Finding], severity: str) -> tuple[str, ...]:
    """Sentences of the findings of one severity."""
    return tuple(finding.message for finding in findings if finding.severity == severity)


def _missing_warning(volumes: Volumes, model: TrainedModel) -> tuple[str, ...]:
    absent = absent_modalities(volumes, model.spec)
    if not absent:
        return ()
    here = [name for name in model.spec.uses if name not in absent]
    doubt = "" if subset_name(here) in model.record.subsets else " Its probability is calibrated for all of them only."
    return (f"Graded without {titles(absent)}, which this model would use.{doubt}",)


def absent_modalities(volumes: Volumes, spec: ModelSpec) -> list[str]:
    """List the modalities that a model would use and a study lacks."""
    return [name for name in spec.uses if name not in volumes.modalities]


def titles(names: Sequence[str]) -> str:
    """Write modalities as people do: "T1, T1ce"."""
    return ", ".join(MODALITY_TITLES[name] for name in names)
