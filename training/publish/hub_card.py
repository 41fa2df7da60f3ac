"""The model card on the Hub: every section filled from the weights' own record, the spec's card and the evidence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from huggingface_hub import ModelCard
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from zoo import DISCLAIMER, GRADES, MODALITY_TITLES, ModelSpec, WeightsError, __version__
from zoo.checkout import TRAINING
from zoo.metrics import reliability
from zoo.types import RegisteredModel
from zoo.weights.load import TrainedModel
from zoo.weights.record import TrainingRecord

from ..fit.modality_order import descending_auc_order
from ..report.markdown import bullets, estimate, number, size, table
from ..weights.make import SIMULATED_ONLY
from .card_data import card_data
from .evidence import Evidence, TestSet
from .reporting import reporting_items

TEMPLATE = "model_card.md.jinja"
MEASURES = {
    "auc": "AUC",
    "brier": "Brier score",
    "ece": "ECE",
    "accuracy": "accuracy",
    "sensitivity": "sensitivity",
    "specificity": "specificity",
}
BIBTEX = """@misc{xu2024crossmodality,
  title = {Cross-modality Guidance-aided Multi-modal Learning with Dual Attention for MRI Brain Tumor Grading},
  author = {Xu, Dunyuan and Wang, Xi and Cai, Jinyue and Heng, Pheng-Ann},
  year = {2024},
  eprint = {2401.09029},
  archivePrefix = {arXiv}
}"""
NOT_STUDIED = "who is harmed by a wrong one was not studied, nor was fairness between groups."
SIMULATED = {
    "warning": "These weights were trained on simulated gliomas only. They have seen no patient, and their accuracy on "
    "patients is unknown.",
    "meaning": "Simulated means: a program drew brain, tumour, oedema, contrast uptake and scanner from ranges that "
    "are set by hand, and a grade whose signs overlap as radiologists describe them. No image of a patient trained, "
    "chose or calibrated anything. What such studies leave out, these weights don't know.",
    "sites": "Unless they were simulated with hospitals, each study has a scanner of its own, drawn without regard to "
    "grade: then no hospital can give the grade away.",
    "ethics": "No person's data was used, so there was none to consent or to approve. A grade of a patient's study "
    f"must not reach that patient's care; {NOT_STUDIED}",
}
REAL = {
    "warning": "These weights were trained on one cohort. How they fare on patients of other hospitals is unknown.",
    "meaning": "The weights' record keeps how many studies there were and a fingerprint of their files, not the files. "
    "Marks of the patients in it only tell whether one of them is graded again.",
    "sites": "In a cohort of several hospitals the hospital can give the grade away. Look at the AUC among patients of "
    "the same hospital first.",
    "ethics": "Consent and approval are those of the cohort's own source, for which the publisher answers. A grade "
    f"must not reach a patient's care; {NOT_STUDIED}",
}


def model_card(model: TrainedModel, evidence: Evidence, repo: str, licence: str) -> ModelCard:
    """Fill the card of `repo`, ORG/NAME. `WeightsError` for weights whose record says too little."""
    front = card_data(model.spec, evidence, licence).to_yaml()
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    body = environment.get_template(TEMPLATE).render(_facts(model, evidence, repo))
    return ModelCard(f"---\n{front}\n---\n\n{body}")


def _facts(model: TrainedModel, evidence: Evidence, repo: str) -> dict[str, Any]:
    spec, record, first = model.spec, model.record, evidence.test_sets[0]
    details = _details(model)
    words = SIMULATED if record.trained_on.endswith(SIMULATED_ONLY) else REAL
    return {
        **words,
        "repo": repo,
        "spec": spec,
        "record": record,
        "details": details,
        "sizes": details["split_sizes"],
        "first": first,
        "estimate": estimate,
        "disclaimer": DISCLAIMER,
        "needs": _titles(spec.needs),
        "modalities": _titles(spec.uses),
        "hospitals": _hospitals(first),
        "procedure": _procedure(spec, details),
        "phases": _phases(spec, details),
        "measured_on": bullets([_measured_on(one) for one in evidence.test_sets]),
        "figures": _figures(evidence),
        "ceiling": _ceiling(evidence),
        "slope": f"{record.calibration.slope:.3f}",
        "intercept": f"{'+' if record.calibration.intercept >= 0 else '−'} {abs(record.calibration.intercept):.3f}",
        "threshold": f"{record.threshold:g}",
        "calibration_error": _calibration_error(record, first),
        "reliability": _reliability(first),
        "reporting": reporting_items(),
        "parameters": size(evidence.parameters),
        "gflops": number(evidence.gflops, 1),
        "seconds": _seconds(evidence),
        "bibtex": BIBTEX,
        "versions": _versions(evidence),
    }


def _details(model: TrainedModel) -> Mapping[str, Any]:
    details = model.record.details or {}
    missing = [name for name in ("split_sizes", "split", "epochs", "seed", "cohort") if name not in details]
    if missing:
        raise WeightsError(
            f"{model.spec.id}: expected weights whose record says how they were trained; it lacks "
            f"{', '.join(missing)}. Train them with `{TRAINING} fit {model.spec.id} --cohort DIR`."
        )
    return details


def _titles(modalities: tuple[str, ...]) -> str:
    return ", ".join(MODALITY_TITLES[name] for name in modalities)


def _hospitals(one: TestSet) -> str:
    if len(one.hospitals) < 2:
        return ""
    rows = [[name, *(str(counts[grade]) for grade in GRADES)] for name, counts in one.hospitals.items()]
    same = one.same_hospital
    told = f"\n\nAUC among patients of the same hospital: {same['auc']:.3f}, {same['pairs']:g} pairs." if same else ""
    return table(("hospital of the cases measured", *GRADES), rows) + told


def _procedure(spec: ModelSpec, details: Mapping[str, Any]) -> str:
    lines = [f"Seed {details['seed']}; splits by patient, stratified by grade and hospital."]
    if spec.phases:
        lines.append(f"{details['epochs']} epochs in all; each phase ends with its best epoch by the validation cases.")
    else:
        lines.append("No training by gradient: what there is to fit is a logistic regression.")
    if spec.encoders_from:
        lines.append(f"Its encoders start as those of {_ids(spec.encoders_from.values())}, trained on the same cases.")
    if spec.members:
        lines.append(f"Made of {_ids(spec.members)}, trained on the same studies; their weights lie in `members/`.")
    return bullets(lines)


def _ids(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in dict.fromkeys(names))


def _phases(spec: RegisteredModel, details: Mapping[str, Any]) -> str:
    """Tabulate phases in the order in which modalities did join."""
    order = details.get("order") or ()
    phases = descending_auc_order(spec, lambda: {name: -rank for rank, name in enumerate(order)}).phases
    rows = [
        [
            phase.name,
            _titles(phase.modalities),
            f"{phase.share * spec.epochs_factor:.0%}",
            ", ".join(f"{name} × {rate:g}" for name, rate in phase.rates.items()) or "all × 1",
            "yes" if phase.patches else "no",
        ]
        for phase in phases
    ]
    header = ("phase", "modalities shown", "of the epochs asked for", "learning rates", "patches, regions only")
    return table(header, rows, left=5) if rows else ""


def _measured_on(one: TestSet) -> str:
    trained = "" if one.these_weights else " These figures are of the procedure, not of the weights in this repository."
    patients = " They say nothing about patients." if one.simulated else ""
    return f"**{one.name}**: {one.cases} {one.title}, cohort `{one.fingerprint}`.{patients}{trained}"


def _figures(evidence: Evidence) -> str:
    header = ("measure", *(one.name for one in evidence.test_sets))
    rows = [[title, *(estimate(one.figures[name]) for one in evidence.test_sets)] for name, title in MEASURES.items()]
    return table(header, rows)


def _ceiling(evidence: Evidence) -> str:
    if not evidence.ceiling:
        return "What could have been reached is not known."
    told = ", ".join(f"{auc:.3f} on {name}" for name, auc in evidence.ceiling.items())
    return f"A classifier that is told the studies' true signs reaches an AUC of {told}."


def _calibration_error(record: TrainingRecord, first: TestSet) -> str:
    """Tell the calibration error on the set shown below, beside that on the cases held out in training."""
    told = f"Its expected calibration error on {first.name} is {estimate(first.figures['ece'])}"
    own = record.calibration_error
    return f"{told}." if own is None else f"{told}; on the cases held out in training it was {own:.3f}."


def _reliability(one: TestSet) -> str:
    y = np.array([GRADES.index(row.grade) for row in one.predictions])
    rows = reliability(y, np.array([row.p_hgg for row in one.predictions]))
    cells = [[f"{row.mean_p_hgg:.2f}", f"{row.share_hgg:.2f}", str(row.cases)] for row in rows]
    return table((f"mean probability of HGG ({one.name})", "share that is HGG", "cases"), cells, left=0)


def _seconds(evidence: Evidence) -> str:
    if evidence.seconds is None:
        return "How long a study takes was not measured."
    return f"A forward pass took {evidence.seconds:.2f} s on two CPU cores; no GPU is needed."


def _versions(evidence: Evidence) -> str:
    told = ", ".join(f"{name} {version}" for name, version in evidence.versions.items())
    return f"Measured with {told or 'versions that nobody noted'}; published from glioma-zoo {__version__}."
