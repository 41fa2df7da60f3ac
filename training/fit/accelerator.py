"""Where training computes: device, precision, and how many processes share a step (Hugging Face Accelerate)."""

from __future__ import annotations

import torch
from accelerate import Accelerator, DistributedDataParallelKwargs
from torch import nn

from zoo import ZooError
from zoo.weights.load import device_of

from ..options import FitOptions


def start_accelerator(options: FitOptions, studies: int) -> Accelerator:
    """Start by the options and by what `accelerate launch` says, where it started us.

    `ZooError` when a step of the training has too few studies to share.
    """
    # Phases leave modalities out, so some parameters have no part in a step.
    unused = DistributedDataParallelKwargs(find_unused_parameters=True)
    accelerator = Accelerator(
        mixed_precision=_precision(options), gradient_accumulation_steps=options.accumulate, kwargs_handlers=[unused]
    )
    pieces = accelerator.num_processes * options.accumulate
    smallest = studies // -(-studies // options.batch_size)
    if smallest < pieces:
        raise ZooError(
            f"Expected at least {pieces} studies in every step, one for each of {accelerator.num_processes} processes "
            f"in {options.accumulate} pieces; found {smallest} (batch size {options.batch_size}, {studies} studies). "
            "Raise the batch size, or use fewer processes or pieces."
        )
    return accelerator


def stays_in_float32(module: nn.Module, options: FitOptions) -> bool:
    """Whether a network is left out where "auto" means bfloat16: on a CPU grouped convolutions are no faster in it.

    Their gradients take many times as long (oneDNN 3.12, the depthwise ones of MobileNet).
    """
    convolutions = (layer for layer in module.modules() if isinstance(layer, nn.Conv1d | nn.Conv2d | nn.Conv3d))
    grouped = any(layer.groups > 1 for layer in convolutions)
    return options.precision == "auto" and device_of(module).type == "cpu" and grouped


def _precision(options: FitOptions) -> str | None:
    """Choose the precision; None leaves it to `accelerate launch`."""
    if options.precision != "auto":
        return options.precision
    return "bf16" if _faster_in_bfloat16() else None


def _faster_in_bfloat16() -> bool:
    """Whether the GPU has it, or the CPU matrix units for it (AMX): with vector instructions alone it takes longer."""
    if torch.cuda.is_available():
        return torch.cuda.is_bf16_supported()
    return bool(torch.cpu.get_capabilities().get("amx_bf16"))
