"""The ResNet-Mixed-Convolution encoder (MC3-18, Tran et al. 2018, arXiv 1711.11248)."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from torch import Tensor, nn
from torch.nn import functional

from zoo.blocks.norm import group_norm
from zoo.errors import expect_one_of

NORMS: dict[str, Callable[[int], nn.Module]] = {"group": group_norm, "batch": nn.BatchNorm3d}


class ResidualBlock(nn.Module):
    """Two convolutions and a shortcut; same parameter names as torchvision's video ResNets."""

    def __init__(self, channels_in: int, channels: int, kernel_depth: int, stride: int, norm: Callable) -> None:
        super().__init__()
        kernel, padding = (kernel_depth, 3, 3), (kernel_depth // 2, 1, 1)
        steps = (1, stride, stride)
        self.conv1 = nn.Sequential(
            nn.Conv3d(channels_in, channels, kernel, steps, padding, bias=False), norm(channels), nn.ReLU(inplace=True)
        )
        self.conv2 = nn.Sequential(nn.Conv3d(channels, channels, kernel, 1, padding, bias=False), norm(channels))
        self.downsample = None
        if stride > 1 or channels_in != channels:
            self.downsample = nn.Sequential(nn.Conv3d(channels_in, channels, 1, steps, bias=False), norm(channels))

    def forward(self, x: Tensor) -> Tensor:
        shortcut = x if self.downsample is None else self.downsample(x)
        return functional.relu_(self.conv2(self.conv1(x)).add_(shortcut))


class RMCEncoder(nn.Module):
    """ResNet Mixed Convolution in two parts, for guidance in between: `low`, then `high`.

    Stages: stem and layer1, the 3-D part, [B, in, D, H, W] -> [B, width, D/s, H/2, W/2] with s = slice_stride; layers
    2 to 4, convolutions within slices, -> [B, 8·width, D/s, H/16, W/16]. split: the last stage of `low`.
    width 64, blocks 2, slice_stride 1 and BatchNorm give torchvision's mc3_18 without its classifier.
    """

    STAGES = ("stem", "layer1", "layer2", "layer3", "layer4")
    SPLITS = STAGES[:3]

    def __init__(
        self,
        in_channels: int = 1,
        width: int = 64,
        blocks: int = 2,
        slice_stride: int = 1,
        norm: Callable[[int], nn.Module] = nn.BatchNorm3d,
        split: str = "layer1",
    ) -> None:
        super().__init__()
        expect_one_of(self.SPLITS, split, "split of the encoder")
        self.out_channels, self.middle_channels = 8 * width, 2 * width
        self.low_channels = self.middle_channels if split == "layer2" else width
        self.low_stages = self.STAGES[: self.STAGES.index(split) + 1]
        self.stem = nn.Sequential(
            nn.Conv3d(in_channels, width, (3, 7, 7), (slice_stride, 2, 2), (1, 3, 3), bias=False),
            norm(width),
            nn.ReLU(inplace=True),
        )
        self.layer1 = _stage(width, width, blocks, kernel_depth=3, stride=1, norm=norm)
        self.layer2 = _stage(width, 2 * width, blocks, kernel_depth=1, stride=2, norm=norm)
        self.layer3 = _stage(2 * width, 4 * width, blocks, kernel_depth=1, stride=2, norm=norm)
        self.layer4 = _stage(4 * width, 8 * width, blocks, kernel_depth=1, stride=2, norm=norm)

    def low(self, x: Tensor) -> Tensor:
        for stage in self.low_stages:
            x = self.get_submodule(stage)(x)
        return x

    def high(self, low: Tensor) -> tuple[Tensor, Tensor]:
        """The outputs of layer2 (for region scores) and of layer4."""
        middle = self._to_middle(low)
        return middle, self.layer4(self.layer3(middle))

    def middle(self, x: Tensor) -> Tensor:
        """The output of layer2 alone."""
        return self._to_middle(self.low(x))

    def _to_middle(self, low: Tensor) -> Tensor:
        for stage in self.SPLITS[len(self.low_stages) :]:
            low = self.get_submodule(stage)(low)
        return low

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        return self.high(self.low(x))


def _stage(channels_in: int, channels: int, blocks: int, kernel_depth: int, stride: int, norm: Callable) -> nn.Module:
    first = ResidualBlock(channels_in, channels, kernel_depth, stride, norm)
    return nn.Sequential(first, *(ResidualBlock(channels, channels, kernel_depth, 1, norm) for _ in range(blocks - 1)))


def load_mc3_18(encoder: RMCEncoder, state: dict[str, Tensor]) -> None:
    """Start from video-pretrained torchvision weights, strictly.

    With one input channel the stem is the sum over RGB: the mean would give a third of the response.
    """
    weights = {name: value for name, value in state.items() if not name.startswith("fc.")}
    if encoder.stem[0].in_channels == 1:
        weights["stem.0.weight"] = weights["stem.0.weight"].sum(dim=1, keepdim=True)
    encoder.load_state_dict(weights, strict=True)


def tie_convolutions(encoders: Iterable[RMCEncoder], stages: Iterable[str]) -> None:
    """Let encoders share the convolutions of the given stages; each keeps normalisation layers of its own."""
    first, *others = encoders
    for stage in stages:
        for name, layer in first.get_submodule(stage).named_modules(prefix=stage):
            if isinstance(layer, nn.Conv3d):
                for other in others:
                    other.get_submodule(name).weight = layer.weight
