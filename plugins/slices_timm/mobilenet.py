"""MobileNetV3-Small (Howard et al. 2019, arXiv 1905.02244) as timm has it: the same names, numbers and first weights.

Every other backbone is timm's own. This one, which the built-in model has, is wanted whenever all models grade, and to
import timm, with the compiler that it draws in, takes longer than to import torch.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from torch import Tensor, nn
from torch.nn import functional

NAME = "mobilenetv3_small_100"
SQUEEZED_TO, DIVISOR = 0.25, 8


class Layer(NamedTuple):
    """One inverted residual: kernel and stride of its depthwise convolution, channels within and behind it."""

    kernel: int
    stride: int
    expanded: int
    channels: int


RECTIFIED = ((Layer(3, 2, 72, 24), Layer(3, 1, 88, 24)),)
"""Stages with ReLU and without squeeze and excitation."""
SQUEEZED = (
    (Layer(5, 2, 96, 40), Layer(5, 1, 240, 40), Layer(5, 1, 240, 40)),
    (Layer(5, 1, 120, 48), Layer(5, 1, 144, 48)),
    (Layer(5, 2, 288, 96), Layer(5, 1, 576, 96), Layer(5, 1, 576, 96)),
)
"""Stages with hard swish, and with squeeze and excitation."""
STEM, LAST, HEAD = 16, 576, 1024


class MobileNetV3Small(nn.Module):
    """The network without its classifier. forward_intermediates(x [B, C, H, W]) -> maps [B, 576, H/32, W/32] and those
    of the stages asked for; forward_head(maps) -> features [B, 1024]."""

    head_hidden_size = HEAD
    feature_info: Sequence[Mapping[str, int]] = (
        {"stage": 0, "num_chs": STEM, "reduction": 2},
        {"stage": 1, "num_chs": STEM, "reduction": 4},
        {"stage": 2, "num_chs": 24, "reduction": 8},
        {"stage": 4, "num_chs": 48, "reduction": 16},
        {"stage": 6, "num_chs": LAST, "reduction": 32},
    )

    def __init__(self, in_channels: int) -> None:
        super().__init__()
        self.conv_stem, self.bn1 = _convolution(in_channels, STEM, 3, 2), nn.BatchNorm2d(STEM)
        stages, channels = [nn.Sequential(SeparableConvolution(STEM))], STEM
        for layers in (*RECTIFIED, *SQUEEZED):
            stages.append(nn.Sequential())
            for layer in layers:
                stages[-1].append(InvertedResidual(channels, layer, squeezed=layers in SQUEEZED))
                channels = layer.channels
        self.blocks = nn.Sequential(*stages, nn.Sequential(PointwiseConvolution(channels, LAST)))
        self.conv_head = nn.Conv2d(LAST, HEAD, 1)
        self.apply(initialise)

    def forward_intermediates(self, x: Tensor, indices: list[int]) -> tuple[Tensor, list[Tensor]]:
        outputs = [functional.hardswish(self.bn1(self.conv_stem(x)))]
        for stage in self.blocks:
            outputs.append(stage(outputs[-1]))
        return outputs[-1], [outputs[self.feature_info[index]["stage"]] for index in indices]

    def forward_head(self, x: Tensor) -> Tensor:
        return functional.hardswish(self.conv_head(x.mean((2, 3), keepdim=True))).flatten(1)


class SeparableConvolution(nn.Module):
    """A depthwise convolution of stride 2, squeeze and excitation, a pointwise one."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv_dw, self.bn1 = _convolution(channels, channels, 3, 2, groups=channels), nn.BatchNorm2d(channels)
        self.se = SqueezeExcite(channels)
        self.conv_pw, self.bn2 = _convolution(channels, channels, 1), nn.BatchNorm2d(channels)

    def forward(self, x: Tensor) -> Tensor:
        return self.bn2(self.conv_pw(self.se(self.bn1(self.conv_dw(x)).relu_())))


class InvertedResidual(nn.Module):
    """Pointwise to more channels, depthwise among them, pointwise back to few; with a shortcut where shapes allow."""

    def __init__(self, in_channels: int, layer: Layer, squeezed: bool) -> None:
        super().__init__()
        kernel, stride, expanded, channels = layer
        self.shortcut = stride == 1 and in_channels == channels
        self.activate = functional.hardswish if squeezed else functional.relu
        self.conv_pw, self.bn1 = _convolution(in_channels, expanded, 1), nn.BatchNorm2d(expanded)
        self.conv_dw = _convolution(expanded, expanded, kernel, stride, groups=expanded)
        self.bn2 = nn.BatchNorm2d(expanded)
        self.se = SqueezeExcite(expanded) if squeezed else nn.Identity()
        self.conv_pwl, self.bn3 = _convolution(expanded, channels, 1), nn.BatchNorm2d(channels)

    def forward(self, x: Tensor) -> Tensor:
        wide = self.activate(self.bn1(self.conv_pw(x)))
        wide = self.se(self.activate(self.bn2(self.conv_dw(wide))))
        narrow = self.bn3(self.conv_pwl(wide))
        return narrow + x if self.shortcut else narrow


class PointwiseConvolution(nn.Module):
    """The last stage."""

    def __init__(self, in_channels: int, channels: int) -> None:
        super().__init__()
        self.conv, self.bn1 = _convolution(in_channels, channels, 1), nn.BatchNorm2d(channels)

    def forward(self, x: Tensor) -> Tensor:
        return functional.hardswish(self.bn1(self.conv(x)))


class SqueezeExcite(nn.Module):
    """Channels weighed by what a small network makes of their means."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        squeezed = int(channels * SQUEEZED_TO + DIVISOR / 2) // DIVISOR * DIVISOR
        self.conv_reduce, self.conv_expand = nn.Conv2d(channels, squeezed, 1), nn.Conv2d(squeezed, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        weights = self.conv_expand(self.conv_reduce(x.mean((2, 3), keepdim=True)).relu_())
        return x * functional.hardsigmoid(weights)


def _convolution(in_channels: int, channels: int, kernel: int, stride: int = 1, groups: int = 1) -> nn.Conv2d:
    return nn.Conv2d(in_channels, channels, kernel, stride, kernel // 2, groups=groups, bias=False)


def initialise(module: nn.Module) -> None:
    """Draw the first weights of a convolution by its fan out, as TensorFlow's MobileNets do."""
    if isinstance(module, nn.Conv2d):
        fan_out = module.kernel_size[0] * module.kernel_size[1] * module.out_channels // module.groups
        nn.init.normal_(module.weight, 0, math.sqrt(2 / fan_out))
        if module.bias is not None:
            nn.init.zeros_(module.bias)
