"""3-D convolutions of single studies at the processor's speed.

torch 2.14 hands a convolution to oneDNN only from batch · channels · depth · height = 20,480 on, and computes those of
one small volume, forward and backward, with a plain kernel that takes 2 to 15 times as long.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.nn import functional
from torch.overrides import TorchFunctionMode


class OneDNNConvolutions(TorchFunctionMode):
    """Context in which every network's 3-D convolutions run in oneDNN, for evaluation and for gradients of the input.

    It covers what is called as `torch.nn.Conv3d` or `torch.nn.functional.conv3d` in float32 on the CPU with weights
    that need no gradient; all others go torch's way.
    """

    def __torch_function__(
        self, func: Any, types: Sequence[type], args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        if func is torch.conv3d:
            call = _Call(*args, **(kwargs or {}))
            if _suits(call):
                return _convolve(call)
        return func(*args, **(kwargs or {}))


class _Call(NamedTuple):
    """What `torch.conv3d` is called with."""

    input: Tensor
    weight: Tensor
    bias: Tensor | None = None
    stride: int | Sequence[int] = 1
    padding: int | Sequence[int] | str = 0
    dilation: int | Sequence[int] = 1
    groups: int = 1


class _Geometry(NamedTuple):
    stride: list[int]
    padding: list[int]
    dilation: list[int]
    groups: int


def _suits(call: _Call) -> bool:
    tensors = (call.input, call.weight, *([] if call.bias is None else [call.bias]))
    plain = all(tensor.device.type == "cpu" and tensor.dtype == torch.float32 for tensor in tensors)
    constant = not (torch.is_grad_enabled() and any(tensor.requires_grad for tensor in tensors[1:]))
    whole = call.input.dim() == 5 and call.input.numel() > 0 and not isinstance(call.padding, str)
    return plain and constant and whole and bool(torch.backends.mkldnn.enabled)


def _convolve(call: _Call) -> Tensor:
    assert not isinstance(call.padding, str)
    geometry = _Geometry(_triple(call.stride), _triple(call.padding), _triple(call.dilation), call.groups)
    if torch.is_grad_enabled() and call.input.requires_grad:
        return _Convolution.apply(call.input, call.weight, call.bias, geometry)
    return _forward(call.input, call.weight, call.bias, geometry)


def _triple(value: int | Sequence[int]) -> list[int]:
    values = [value] if isinstance(value, int) else list(value)
    return values * 3 if len(values) == 1 else values


def _forward(x: Tensor, weight: Tensor, bias: Tensor | None, geometry: _Geometry) -> Tensor:
    return torch.mkldnn_convolution(
        x, weight, bias, geometry.padding, geometry.stride, geometry.dilation, geometry.groups
    )


class _Convolution(torch.autograd.Function):
    """A convolution whose gradient by its input is oneDNN's too."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor | None, geometry: _Geometry) -> Tensor:
        ctx.save_for_backward(x, weight)
        ctx.geometry = geometry
        return _forward(x, weight, bias, geometry)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None, None, None]:  # type: ignore[override]
        x, weight = ctx.saved_tensors
        if torch.is_grad_enabled():  # a gradient of this gradient is wanted, which only torch's own way has
            return _backward(gradient, x, weight, ctx.geometry), None, None, None
        if _has_few_phases(x, ctx.geometry):
            return _backward_by_phases(gradient, x, weight, ctx.geometry), None, None, None
        # What lies in oneDNN's own layout goes there however small it is; of x only the shape is asked.
        shape = torch.empty(x.shape, layout=torch._mkldnn)  # type: ignore[attr-defined]
        by_input = _backward(gradient.to_mkldnn(), shape, weight, ctx.geometry)
        return by_input.to_dense(), None, None, None


def _backward(gradient: Tensor, x: Tensor, weight: Tensor, geometry: _Geometry) -> Tensor:
    stride, padding, dilation, groups = geometry
    return torch.ops.aten.convolution_backward(
        gradient, x, weight, None, stride, padding, dilation, False, [0, 0, 0], groups, [True, False, False]
    )[0]


VECTOR = 16  # channels that oneDNN computes at once, however few there are


def _has_few_phases(x: Tensor, geometry: _Geometry) -> bool:
    strided = prod(geometry.stride)
    plain = geometry.groups == 1 and set(geometry.dilation) == {1}
    return plain and strided > 1 and x.shape[1] * strided <= VECTOR


def _backward_by_phases(gradient: Tensor, x: Tensor, weight: Tensor, geometry: _Geometry) -> Tensor:
    """The gradient by an input of few channels, as one convolution with a channel for each phase of the stride.

    Along an axis of stride s, voxel s·i + a is fed by outputs i + d through taps a + padding − s·d: of one phase, a,
    these are the taps of a small kernel over d.
    """
    grid = [-(-size // step) for size, step in zip(x.shape[2:], geometry.stride, strict=True)]
    taps, margins = weight, []
    for axis, (step, padding) in enumerate(zip(geometry.stride, geometry.padding, strict=True), start=2):
        size = weight.shape[axis]
        first, last = -((size - 1 - padding) // step), (step - 1 + padding) // step  # of d
        before, length = step * last - padding, step * (last - first + 1)
        padded = functional.pad(taps.movedim(2, -1), (before, length - size - before))
        taps = padded.unflatten(-1, (-1, step)).flip(-2)  # [out, in, … axes to come, …, d, a]
        margins.append((-first, grid[axis - 2] - 1 + last - (gradient.shape[axis] - 1)))
    kernel = taps.permute(1, 3, 5, 7, 0, 2, 4, 6).flatten(0, 3)  # [in · phases, out, d, d, d]
    around = functional.pad(gradient, [width for margin in reversed(margins) for width in margin])
    phases = _forward(around, kernel, None, _Geometry([1] * 3, [0] * 3, [1] * 3, 1))
    apart = phases.unflatten(1, (x.shape[1], *geometry.stride)).permute(0, 1, 5, 2, 6, 3, 7, 4)
    depth, height, width = x.shape[2:]
    return apart.flatten(6, 7).flatten(4, 5).flatten(2, 3)[..., :depth, :height, :width]
