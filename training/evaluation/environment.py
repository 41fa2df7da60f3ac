"""What an evaluation ran on: versions and hardware, kept beside its timings."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from typing import Any

import torch

from zoo import __version__

LIBRARIES = ("torch", "accelerate", "numpy", "scikit-learn", "nibabel")


def describe_environment() -> dict[str, Any]:
    """Tell versions of libraries and hardware, as plain JSON values."""
    gpus = [torch.cuda.get_device_name(index) for index in range(torch.cuda.device_count())]
    return {
        "versions": {"glioma-zoo": __version__, "python": platform.python_version()}
        | {name: version(name) for name in LIBRARIES},
        "hardware": {"machine": platform.machine(), "cores": os.cpu_count(), "gpus": gpus},
    }
