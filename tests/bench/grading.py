"""Grades of a study that has been read, checked and prepared."""

from __future__ import annotations

from pathlib import Path

from bench.reading import volumes_of
from bench.timing import seconds
from zoo.inference.grade import hgg_margin
from zoo.inference.loaded import registry, trained
from zoo.inference.open_study import open_study
from zoo.study.prepare import prepare_once
from zoo.types.roles import BEST_SINGLE_MODALITY, HEADLINE_MODEL
from zoo.weights.load import TrainedModel

MODELS = (HEADLINE_MODEL, "early-fusion.compact", BEST_SINGLE_MODALITY, "unet-radiomics.compact")


def forward(study: Path) -> tuple[float, ...]:
    """Measure each model's forward pass, with nothing remembered."""
    volumes = volumes_of(study)
    prepare = prepare_once(volumes)
    models = [trained(name) for name in MODELS]
    inputs = [prepare(volumes, model.spec.recipe) for model in models]
    return tuple(seconds(hgg_margin, model, given) for model, given in zip(models, inputs, strict=True))


def all_models(study: Path) -> float:
    """Measure all trained models, which share what encoders answered, once the guided one has graded."""
    opened, models = open_study(registry(), study), trained_models()
    opened.grade(trained(HEADLINE_MODEL))
    return seconds(lambda: [opened.grade(model) for model in models])


def trained_models() -> list[TrainedModel]:
    return [trained(spec.id) for spec in registry().models.values() if spec.is_trained]
