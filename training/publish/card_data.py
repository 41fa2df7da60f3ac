"""The model card's front matter: what the Hub itself reads, figures included."""

from __future__ import annotations

from collections.abc import Iterator

from huggingface_hub import EvalResult, ModelCardData

from zoo import ModelSpec

from .evidence import Evidence, TestSet

DIGITS = 4
METRICS = {
    "auc": ("roc_auc", "AUC"),
    "brier": ("brier_score", "Brier score"),
    "ece": ("ece", "Calibration error (ECE)"),
}
TAGS = ("glioma-zoo", "glioma", "brain-tumor", "mri", "medical-imaging", "not-a-medical-device")


def card_data(spec: ModelSpec, evidence: Evidence, licence: str) -> ModelCardData:
    """Licence, tags and, as `model-index`, AUC, Brier score and calibration error on every set of cases."""
    return ModelCardData(
        model_name=spec.id,
        license=licence,
        library_name="glioma-zoo",
        pipeline_tag="image-classification",
        tags=[*TAGS, spec.family.replace(" ", "-")],
        metrics=[metric for metric, _ in METRICS.values()],
        eval_results=[result for one in evidence.test_sets for result in _results(one)],
    )


def _results(one: TestSet) -> Iterator[EvalResult]:
    for name, (metric, title) in METRICS.items():
        value = one.figures[name]["value"]
        if value is not None:
            yield EvalResult(
                task_type="image-classification",
                task_name="Glioma grading, LGG or HGG",
                dataset_type="simulated-gliomas" if one.simulated else "gliomas",
                dataset_name=f"{one.cases} {one.title}",
                dataset_split=one.name,
                dataset_args={"fingerprint": one.fingerprint},
                metric_type=metric,
                metric_name=title,
                metric_value=round(value, DIGITS),
            )
