"""`make bench`: how long things take and how much memory they need, on this machine, now. Prints, asserts nothing."""

from __future__ import annotations

import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from urllib.request import urlopen

import numpy as np
import psutil
import torch

from bench_explaining import bench_explaining
from bench_presets import bench_presets
from bench_training import bench_training
from tests_support import brain_image, save_scan
from zoo import MODALITIES, ExplainerSpec, ModelSpec, Volumes
from zoo.inference.explain import explain_study
from zoo.inference.grade import hgg_margin
from zoo.registry import load_registry
from zoo.study.load import load_volumes
from zoo.study.prepare import prepare
from zoo.weights.load import load_weights

BRATS_SHAPE = (240, 240, 155)
ROUNDS = 5


def median_seconds(function: Callable[[], object]) -> float:
    """Median of ROUNDS calls after one that is not counted."""
    seconds = []
    for _ in range(ROUNDS + 1):
        start = time.perf_counter()
        function()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds[1:])


def write_study(folder: Path) -> Path:
    affine = np.diag([-1.0, -1.0, 1.0, 1.0])
    affine[:3, 3] = -affine[:3, :3] @ ((np.array(BRATS_SHAPE) - 1) / 2)
    rng = np.random.default_rng(0)
    for name in MODALITIES:
        image = brain_image(name, affine, BRATS_SHAPE)
        noisy = (image + (image > 0) * rng.normal(0, 8, image.shape)).astype(np.int16)
        save_scan(folder / f"case_{name}.nii.gz", noisy, affine)
    return folder


def bench_command(*arguments: str) -> float:
    """Seconds that a process of its own takes, the start of Python with it."""
    command = [sys.executable, *arguments]
    return median_seconds(lambda: subprocess.run(command, stdout=subprocess.DEVNULL, check=True))


def bench_page() -> tuple[float, float]:
    """Seconds until the page answers, and GiB of the page with its compute process once the models are loaded."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "app.py"], env=os.environ | {"GRADIO_SERVER_PORT": str(port)}, stdout=subprocess.DEVNULL
    )
    while True:
        try:
            urlopen(f"http://127.0.0.1:{port}/").close()
            break
        except OSError:
            time.sleep(0.05)
    answered = time.perf_counter() - start
    time.sleep(15)
    family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
    memory = sum(member.memory_info().rss for member in family) / 2**30
    process.terminate()
    process.wait()
    return answered, memory


def bench_model(spec: ModelSpec, volumes: Volumes, explainer: ExplainerSpec) -> str:
    model = load_weights(spec)
    model_input = prepare(volumes, spec.recipe)
    preparing = median_seconds(lambda: prepare(volumes, spec.recipe))
    forward = median_seconds(lambda: hgg_margin(model, model_input))
    cam = median_seconds(lambda: explain_study(volumes, model, explainer, lambda *update: None)) - preparing
    ratios = f"{cam / forward:.1f} x the forward pass, {(cam + preparing) / (forward + preparing):.1f} x the grade"
    return f"prepare {preparing:.2f} s, forward {forward:.3f} s, Grad-CAM {cam:.3f} s ({ratios})"


def main() -> None:
    print(f"{torch.get_num_threads()} threads, torch {torch.__version__}; medians of {ROUNDS}")
    print(f"import zoo                       {bench_command('-c', 'import zoo'):6.2f} s")
    print(f"python -m zoo models             {bench_command('-m', 'zoo', 'models'):6.2f} s")
    answered, memory = bench_page()
    print(f"page answers after               {answered:6.2f} s")
    print(f"page and compute process, loaded {memory:6.2f} GiB")
    registry = load_registry()
    explainer = registry.explainer("grad-cam")
    with tempfile.TemporaryDirectory() as folder:
        study = write_study(Path(folder))
        read = median_seconds(lambda: load_volumes(registry.read(study)))
        volumes = load_volumes(registry.read(study))
        bench_explaining(study)
    for spec in registry.models.values():
        if spec.is_trained:
            print(f"{spec.id:32} read {read:.2f} s, {bench_model(spec, volumes, explainer)}")
    bench_presets()
    bench_training()
    print(f"peak memory of this process      {_peak_gib():6.2f} GiB")


def _peak_gib() -> float:
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


if __name__ == "__main__":
    main()
