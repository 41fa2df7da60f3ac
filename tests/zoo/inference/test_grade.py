"""One study, one model: refused by name, or graded with a probability that follows from the logits."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from tests_support import SLOW_CONVOLUTION, brain_affine, kernels, make_volumes
from zoo import Finding, PluginError, Refused
from zoo.inference.grade import grade_study
from zoo.weights.calibration import Calibration
from zoo.weights.load import TrainedModel
from zoo.weights.record import TrainingRecord

RECORD = TrainingRecord("nothing", Calibration(2.0, -1.0, "nothing"))


class Constant(nn.Module):
    """Answers with the logits that it was made with."""

    def __init__(self, logits):
        super().__init__()
        self.logits = nn.Parameter(torch.tensor(logits), requires_grad=False)

    def forward(self, x, present):
        return self.logits


def _model(spec, logits, record=RECORD):
    return TrainedModel(spec, Constant(logits), record, "embedded:test")


def test_probability_is_the_calibrated_margin(tiny_spec, volumes):
    grade = grade_study(volumes, [], _model(tiny_spec, [[0.5, 1.75]]))
    assert grade.logit == pytest.approx(2.0 * 1.25 - 1.0)
    assert grade.p_hgg == pytest.approx(1 / (1 + math.exp(-1.5)))
    assert grade.grade == "HGG"
    assert grade.calibration == "calibrated on nothing"
    assert grade.seconds > 0


def test_a_networks_convolutions_are_quick_without_its_doing(tiny_spec, volumes):
    model = TrainedModel(tiny_spec, tiny_spec.build(**tiny_spec.options).eval(), RECORD, "embedded:test")
    assert SLOW_CONVOLUTION not in kernels(lambda: grade_study(volumes, [], model))


@pytest.mark.parametrize(("threshold", "expected"), [(0.7, "HGG"), (0.9, "LGG")])
def test_threshold_decides_the_grade(tiny_spec, volumes, threshold, expected):
    record = TrainingRecord("nothing", Calibration(2.0, -1.0), threshold)
    grade = grade_study(volumes, [], _model(tiny_spec, [[0.5, 1.75]], record))
    assert grade.grade == expected
    assert grade.calibration == "uncalibrated"


@pytest.mark.parametrize(("margin", "expected"), [(1e4, 1.0), (-1e4, 0.0)])
def test_extreme_logits_do_not_overflow(tiny_spec, volumes, margin, expected):
    assert grade_study(volumes, [], _model(tiny_spec, [[0.0, margin]])).p_hgg == expected


def test_missing_modality_is_refused_by_name(registry):
    volumes = make_volumes(brain_affine(), modalities=("t1", "t2"))
    spec = registry.model("guided-dual-attention.compact")
    with pytest.raises(Refused, match=r"needs T1ce, but the study has T1, T2\. Add T1ce"):
        grade_study(volumes, [], _model(spec, [[0.0, 0.0]]))


def test_absent_but_dispensable_modality_is_a_warning(registry):
    volumes = make_volumes(brain_affine(), modalities=("t1ce", "t2"))
    grade = grade_study(volumes, [], _model(registry.model("guided-dual-attention.compact"), [[0.0, 0.0]]))
    told = "Graded without T1, FLAIR, which this model would use. Its probability is calibrated for all of them only."
    assert grade.warnings == (told,)


def test_a_subset_has_a_calibration_of_its_own(registry):
    volumes = make_volumes(brain_affine(), modalities=("t1ce", "t2"))
    ours = Calibration(2.0, 1.0, "10 cases, with T1ce, T2 alone")
    details = {"held_out": {"ece": 0.1}, "subsets": {"t1ce+t2": {"ece": 0.2}}}
    record = TrainingRecord("nothing", Calibration(1.0, 0.0, "10 cases"), details=details, subsets={"t1ce+t2": ours})
    grade = grade_study(volumes, [], _model(registry.model("hemis-fusion.compact"), [[0.0, 0.5]], record))
    assert grade.logit == pytest.approx(2.0)
    assert (grade.calibration, grade.calibration_error) == ("calibrated on 10 cases, with T1ce, T2 alone", 0.2)
    assert grade.warnings == ("Graded without T1, FLAIR, which this model would use.",)


def test_a_model_of_any_subset_needs_one_that_it_uses(registry):
    spec = replace(registry.model("hemis-fusion.compact"), uses=("t1", "t2"))
    with pytest.raises(Refused, match=r"looks at T1, T2, but the study has only FLAIR\. Add one"):
        grade_study(make_volumes(brain_affine(), modalities=("flair",)), [], _model(spec, [[0.0, 0.0]]))
    assert grade_study(make_volumes(brain_affine(), modalities=("t2",)), [], _model(spec, [[0.0, 0.0]])).warnings


def test_a_model_without_parameters_grades_too(tiny_spec, volumes):
    model = _model(tiny_spec, [[0.0, 1.0]])
    model.module.logits = None
    model.module.forward = lambda x, present: torch.tensor([[0.0, 1.0]])
    assert grade_study(volumes, [], model).logit == pytest.approx(1.0)


def test_findings_refuse_or_warn(tiny_spec, volumes):
    grade = grade_study(volumes, [Finding("warning", "blurred")], _model(tiny_spec, [[0.0, 0.0]]))
    assert grade.warnings == ("blurred",)
    with pytest.raises(Refused, match="not graded: no brain"):
        grade_study(volumes, [Finding("refusal", "no brain")], _model(tiny_spec, [[0.0, 0.0]]))


def test_a_refusal_says_what_was_not_used(registry, tiny_spec, volumes):
    remark = Finding("remark", "Not used: ct1.nii.gz.")
    with pytest.raises(Refused, match=r"not graded: no brain\. Not used: ct1\.nii\.gz\.$"):
        grade_study(volumes, [remark, Finding("refusal", "no brain.")], _model(tiny_spec, [[0.0, 0.0]]))
    lacking, spec = make_volumes(brain_affine(), modalities=("t1", "t2")), registry.model("single-t1ce.compact")
    with pytest.raises(Refused, match=r"Add T1ce or choose another model\. Not used: ct1\.nii\.gz\.$"):
        grade_study(lacking, [remark], _model(spec, [[0.0, 0.0]]))


@pytest.mark.parametrize(
    ("logits", "words"), [([[0.0, np.nan]], "not a finite number"), ([0.0, 1.0], r"shape \(1, 2\), found \(2,\)")]
)
def test_unusable_answers_are_no_grade(tiny_spec, volumes, logits, words):
    with pytest.raises(PluginError, match=words):
        grade_study(volumes, [], _model(tiny_spec, logits))
