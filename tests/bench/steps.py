"""The rows of the table: what is measured, how often, and by which function."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """One measurement of a version.

    task: "module:function", which takes a study's folder and answers one figure a row. rounds: that count, each with a
    study of its own. warm_up: whether a round goes before them that doesn't.
    """

    name: str
    rows: tuple[str, ...]
    task: str
    rounds: int = 5
    warm_up: bool = True


STEPS = (
    Step("read", ("read",), "bench.reading:read"),
    Step("check", ("check",), "bench.reading:check"),
    Step("prepare", ("prepare",), "bench.reading:prepare"),
    Step("read-and-prepare", ("read and prepare",), "bench.reading:read_and_prepare"),
    Step("monai", ("MONAI's transforms, the same files", "… × ours"), "bench.monai_reading:read_and_prepare"),
    Step(
        "forward",
        ("forward pass: guided", "… early fusion", "… T1ce alone", "… U-Net and radiomics"),
        "bench.grading:forward",
    ),
    Step("all-models", ("all trained models, after guided",), "bench.grading:all_models", rounds=3),
    Step(
        "upload-to-grade", ("warm compute process: upload to grade",), "bench.compute_process:upload_to_grade", rounds=3
    ),
    Step("heat-map", ("… then its heat map",), "bench.compute_process:heat_map", rounds=3),
    Step("comparison", ("… upload to the grades of all models",), "bench.compute_process:comparison", rounds=3),
    Step("shapley", ("exact Shapley values of guided",), "bench.explaining:shapley", rounds=3),
    Step("hires-cam", ("its HiResCAM",), "bench.explaining:hires_cam", rounds=3),
    Step(
        "integrated-gradients",
        ("its integrated gradients until they add up", "… longest silence before a cancel is answered"),
        "bench.explaining:integrated_gradients",
        rounds=1,
        warm_up=False,
    ),
    Step("occlusion", ("its occlusion",), "bench.explaining:occlusion", rounds=1, warm_up=False),
    Step("import-torch", ("`import torch` alone",), "bench.commands:import_torch", rounds=3),
    Step("models", ("`models`",), "bench.commands:models", rounds=3),
    Step("grade", ("`grade` of one study by all models",), "bench.commands:grade", rounds=3),
    Step("grade-by-one", ("… by one model",), "bench.commands:grade_by_one", rounds=3),
    Step("folder", ("… each further study by all models",), "bench.commands:further_study", rounds=1, warm_up=False),
    Step("page", ("page answers after `python app.py`",), "bench.page:answers", rounds=3),
    Step(
        "page-memory",
        ("page and compute process, loaded, GiB",),
        "bench.page:loaded_memory",
        rounds=1,
        warm_up=False,
    ),
    Step(
        "peak",
        ("compute process's peak, all models grading, GiB",),
        "bench.compute_process:peak",
        rounds=1,
        warm_up=False,
    ),
    Step(
        "epoch",
        ("training by patches, U-Net: an image", "… by whole studies, early fusion: an image"),
        "bench.training_speed:epochs",
        rounds=3,
        warm_up=False,
    ),
    Step(
        "raw-series",
        ("raw series with skull → grade", "… of it three series laid on T1ce", "… the process's peak, GiB"),
        "bench.raw_series:to_grade",
        rounds=2,
    ),
    Step(
        "raw-peers",
        ("ANTsPy's rigid and HD-BET's five networks, the same series", "… × ours to the grade"),
        "bench.raw_series:by_peers",
        rounds=1,
        warm_up=False,
    ),
    Step(
        "given-weights",
        ("`evaluate` by the embedded weights: a study", "… × `grade` of the same files"),
        "bench.cohorts:given_weights",
        rounds=1,
        warm_up=False,
    ),
    Step(
        "cross-validation",
        ("cross-validation of four models on 60 studies",),
        "bench.cohorts:cross_validation",
        rounds=1,
        warm_up=False,
    ),
    Step("in-one-process", ("… in one process",), "bench.cohorts:in_one_process", rounds=1, warm_up=False),
    Step("over-ray", ("… over two workers of Ray",), "bench.cohorts:over_ray", rounds=1, warm_up=False),
    Step("over-submitit", ("… as two jobs of submitit",), "bench.cohorts:over_submitit", rounds=1, warm_up=False),
)
