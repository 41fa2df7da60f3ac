"""Promises about half precision, in which models are trained on a GPU."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from zoo.conformance.specimen import Broken, NotApplicable, Specimen, apart, present
from zoo.types import MODALITIES

ALLOWED = 0.1
UNSUPPORTED = "not implemented for 'Half'"


def bfloat16_changes_little(specimen: Specimen) -> None:
    logits, expected = _autocast(specimen, torch.bfloat16), specimen.logits(specimen.studies(), present(MODALITIES))
    if not torch.allclose(logits, expected.float(), rtol=ALLOWED, atol=ALLOWED):
        raise Broken(
            f"Expected logits that bfloat16 autocast changes by {ALLOWED} and {ALLOWED:.0%} at most, found them "
            f"{apart(logits, expected)} apart. Compute sums and differences of large numbers in float32."
        )


def float16_does_not_overflow(specimen: Specimen) -> None:
    try:
        with FastFloat16():
            logits = _autocast(specimen, torch.float16)
    except RuntimeError as error:
        if UNSUPPORTED in str(error):
            raise NotApplicable(f"torch can't run it in float16 on a CPU: {error}.") from error
        raise
    if not logits.isfinite().all():
        raise Broken(
            f"Expected finite logits under float16 autocast, found {logits.tolist()}: float16 ends at 65504. Compute "
            "products of features in float32, or divide them by their length first."
        )


def _autocast(specimen: Specimen, dtype: torch.dtype) -> Tensor:
    with torch.autocast("cpu", dtype), torch.no_grad():
        return specimen.module(specimen.studies(), present(MODALITIES)).float()


class FastFloat16(TorchDispatchMode):
    """Convolutions and matrix products in float16 as a GPU has them: summed in float32, the result rounded.

    CPUs that lack instructions for it take a hundred times as long.
    """

    AS_ON_A_GPU = (
        torch.ops.aten.convolution.default,
        torch.ops.aten.mm.default,
        torch.ops.aten.addmm.default,
        torch.ops.aten.bmm.default,
        torch.ops.aten.baddbmm.default,
    )

    def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if function not in self.AS_ON_A_GPU or args[0].dtype != torch.float16:
            return function(*args, **(kwargs or {}))
        wide = [value.float() if isinstance(value, Tensor) else value for value in args]
        return function(*wide, **(kwargs or {})).half()
