"""The two networks of deepbet (Fisch et al., Comput. Biol. Med. 179:108845, 2024), read where it is installed.

Only its TorchScript files are; nothing of it is imported, which would load pandas and a toolkit of windows. They are
MIT-licensed and no part of this repository.
"""

from __future__ import annotations

import warnings
from functools import lru_cache
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import TYPE_CHECKING

from zoo.checkout import INSTALL_RAW
from zoo.errors import StudyError, WeightsError
from zoo.weights.metadata import sha256

if TYPE_CHECKING:
    from torch import Tensor
    from torch.jit import ScriptModule

BOX, BRAIN = "bbox_model.pt", "model.pt"
"""The networks' files: the one that finds a head's brain coarsely, and the one that sees no more than the box of it."""
SHA256 = {
    BOX: "39a7b2b5f799faa1391ea97bfcdc0b9299f20d84f2316a4ff8918dc4685e40aa",
    BRAIN: "de8ee7c69654d0dd3935dc4a5d84571d8ecf4637a6bfc01df399c4c2bc86e0fd",
}


def expect_deepbet() -> Distribution:
    """Return the installed deepbet; raises `StudyError` that tells how to get it where there is none."""
    try:
        return distribution("deepbet")
    except PackageNotFoundError:
        raise StudyError(
            "Brain mask: expected the networks of deepbet, which find the brain in a scan with skull; it is not "
            f"installed. Install it: {INSTALL_RAW}. Or strip the skulls yourself (for example with HD-BET)."
        ) from None


def share_of_brain(network: str, images: Tensor) -> Tensor:
    """Return how surely each voxel is brain, float32 [B, x, y, z] from 0 to 1.

    images: float32 [B, 1, x, y, z], standardised. Raises `StudyError` where deepbet isn't installed, and `WeightsError`
    where its file is another than the one that was tried.
    """
    return _load(network)(images)[:, 1]


@lru_cache
def _load(network: str) -> ScriptModule:
    import torch

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "`torch.jit.load` is deprecated", FutureWarning)
        return torch.jit.load(str(_file(network)), map_location="cpu").eval()


def _file(network: str) -> Path:
    installed = expect_deepbet()
    paths = [Path(str(file.locate())) for file in installed.files or () if file.name == network]
    path = next(filter(Path.is_file, paths), None)
    if path is None or sha256(path) != SHA256[network]:
        raise WeightsError(
            f"Brain mask: expected {network} of deepbet with the sha256 {SHA256[network]}, found "
            f"{'no such file' if path is None else 'another'} in the deepbet {installed.version} that is installed. "
            f"Install it anew: pip uninstall deepbet, then {INSTALL_RAW}."
        )
    return path
