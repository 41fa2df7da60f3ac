"""Building blocks that models share: the ResNet-Mixed-Convolution encoder, dual attention, guidance, region scores.

Feature maps are [B, C, D, h, w]: slices, rows, columns. Reference for all three: Xu et al., arXiv 2401.09029.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional


def group_norm(channels: int) -> nn.GroupNorm:
    """Normalisation for compact models: no batch statistics, so simulated and real batches are treated alike."""
    return nn.GroupNorm(min(8, channels), channels)


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
        return functional.relu(self.conv2(self.conv1(x)) + shortcut)


class RMCEncoder(nn.Module):
    """ResNet Mixed Convolution (MC3-18, Tran et al. 2018, arXiv 1711.11248) in two parts, for guidance in between.

    low: stem and layer1, the 3-D part, [B, in, D, H, W] -> [B, width, D/s, H/2, W/2] with s = slice_stride.
    high: layers 2 to 4, convolutions within slices, -> [B, 8·width, D/s, H/16, W/16].
    width 64, blocks 2, slice_stride 1 and BatchNorm give torchvision's mc3_18 without its classifier.
    """

    def __init__(
        self,
        in_channels: int = 1,
        width: int = 64,
        blocks: int = 2,
        slice_stride: int = 1,
        norm: Callable[[int], nn.Module] = nn.BatchNorm3d,
    ) -> None:
        super().__init__()
        self.width, self.out_channels = width, 8 * width
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
        return self.layer1(self.stem(x))

    def high(self, low: Tensor) -> tuple[Tensor, Tensor]:
        """The outputs of layer2 (for region scores) and of layer4."""
        middle = self.layer2(low)
        return middle, self.layer4(self.layer3(middle))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        return self.high(self.low(x))


def _stage(channels_in: int, channels: int, blocks: int, kernel_depth: int, stride: int, norm: Callable) -> nn.Module:
    first = ResidualBlock(channels_in, channels, kernel_depth, stride, norm)
    return nn.Sequential(first, *(ResidualBlock(channels, channels, kernel_depth, 1, norm) for _ in range(blocks - 1)))


def load_mc3_18(encoder: RMCEncoder, state: dict[str, Tensor]) -> None:
    """Start from video-pretrained torchvision weights, strictly.

    With one input channel the stem is the sum over RGB: the mean would give a third of the response.
    """
    kept = {name: value for name, value in state.items() if not name.startswith("fc.")}
    if encoder.stem[0].in_channels == 1:
        kept["stem.0.weight"] = kept["stem.0.weight"].sum(dim=1, keepdim=True)
    encoder.load_state_dict(kept, strict=True)


class SliceAttention(nn.Module):
    """Each slice looks at all slices: out = β·A·X + X, with A row-stochastic [D, D] and β starting at 0.

    similarity "cosine" (default): slices are centred and compared by cosine at a learned temperature.
    "scaled": dot products divided by the square root of their length. "danet": Fu et al. 2019 to the letter,
    softmax(max E − E), which saturates at this size and is kept for the ablation.
    The similarity is computed in float32: it overflows half precision.
    """

    SIMILARITIES = ("cosine", "scaled", "danet")

    def __init__(self, similarity: str = "cosine") -> None:
        super().__init__()
        if similarity not in self.SIMILARITIES:
            raise ValueError(f"slice similarity: expected one of {self.SIMILARITIES}, found {similarity!r}")
        self.similarity = similarity
        self.beta = nn.Parameter(torch.zeros(()))
        self.log_temperature = nn.Parameter(torch.tensor(2.0)) if similarity == "cosine" else None

    def attention(self, x: Tensor, slices: Tensor | None = None) -> Tensor:
        """A [B, D, D] for x [B, C, D, h, w]; slices: bool [B, D], which slices may be looked at."""
        with torch.autocast(x.device.type, enabled=False):
            scores = self._scores(x.float().transpose(1, 2).flatten(2))
            if slices is not None:
                scores = scores.masked_fill(~slices[:, None, :], torch.finfo(scores.dtype).min)
            return scores.softmax(dim=-1)

    def _scores(self, rows: Tensor) -> Tensor:
        if self.log_temperature is not None:
            rows = functional.normalize(rows - rows.mean(dim=1, keepdim=True), dim=-1)
            return self.log_temperature.exp() * rows @ rows.mT
        energy = rows @ rows.mT
        return energy / rows.shape[-1] ** 0.5 if self.similarity == "scaled" else energy.amax(-1, keepdim=True) - energy

    def forward(self, x: Tensor, slices: Tensor | None = None) -> Tensor:
        rows = x.transpose(1, 2).flatten(2)
        attended = self.attention(x, slices).to(rows.dtype) @ rows
        return self.beta * attended.unflatten(2, (x.shape[1], *x.shape[3:])).transpose(1, 2)


class SpatialAttention(nn.Module):
    """Position attention within each slice (DANet, Fu et al. 2019): γ·V·Aᵀ with A row-stochastic [h·w, h·w]."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.query = nn.Conv3d(channels, max(1, channels // 8), 1)
        self.key = nn.Conv3d(channels, max(1, channels // 8), 1)
        self.value = nn.Conv3d(channels, channels, 1)
        self.gamma = nn.Parameter(torch.zeros(()))

    def forward(self, x: Tensor) -> Tensor:
        query, key, value = (_slice_positions(layer(x)) for layer in (self.query, self.key, self.value))
        attended = (query @ key.mT).softmax(dim=-1) @ value
        return self.gamma * attended.unflatten(2, x.shape[3:]).permute(0, 4, 1, 2, 3)


def _slice_positions(x: Tensor) -> Tensor:
    """[B, C, D, h, w] -> [B, D, h·w, C]."""
    return x.permute(0, 2, 3, 4, 1).flatten(2, 3)


class DualAttention(nn.Module):
    """Attention over slices and over positions within a slice, added to what comes in.

    kind: "dual", "slice", "spatial" or "none".
    """

    KINDS = ("dual", "slice", "spatial", "none")

    def __init__(self, channels: int, kind: str = "dual", slice_similarity: str = "cosine") -> None:
        super().__init__()
        if kind not in self.KINDS:
            raise ValueError(f"attention: expected one of {self.KINDS}, found {kind!r}")
        self.slice = SliceAttention(slice_similarity) if kind in ("dual", "slice") else None
        self.spatial = SpatialAttention(channels) if kind in ("dual", "spatial") else None

    def forward(self, x: Tensor, slices: Tensor | None = None) -> Tensor:
        out = x
        if self.slice is not None:
            out = out + self.slice(x, slices)
        if self.spatial is not None:
            out = out + self.spatial(x)
        return out


class Guidance(nn.Module):
    """The primary's high-level features join a secondary's low-level ones by concatenation and a 1×1×1 convolution.

    It starts as [identity | 0], so that at first a secondary sees only itself.
    """

    def __init__(self, primary_channels: int, low_channels: int, norm: Callable[[int], nn.Module]) -> None:
        super().__init__()
        self.reduce = nn.Conv3d(primary_channels, low_channels, 1)
        self.fuse = nn.Conv3d(2 * low_channels, low_channels, 1, bias=False)
        self.norm = norm(low_channels)
        with torch.no_grad():
            self.fuse.weight.zero_()
            self.fuse.weight[:, :low_channels, 0, 0, 0] = torch.eye(low_channels)

    def forward(self, low: Tensor, primary_high: Tensor) -> Tensor:
        guide = functional.interpolate(self.reduce(primary_high), size=low.shape[2:], mode="trilinear")
        return functional.relu(self.norm(self.fuse(torch.cat([low, guide], dim=1))))


REGIONS = ("core", "oedema", "enhancing")
"""BraTS labels 1, 2 and 4."""


class RegionScores(nn.Module):
    """A coarse tumour segmentation whose pooled scores help to grade: where to look, learned from masks.

    logits: [B, C, D, h, w] -> [B, 3, D, h, w] in the order of REGIONS. pooled: -> [B, 6], log of the soft volume and
    the largest score of each region.
    """

    pooled_size = 2 * len(REGIONS)

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.classify = nn.Conv3d(channels, len(REGIONS), 1)
        assert self.classify.bias is not None
        nn.init.constant_(self.classify.bias, -4.0)  # tumours are small: start from "nowhere"

    def forward(self, features: Tensor) -> Tensor:
        return self.classify(features)

    @staticmethod
    def pooled(logits: Tensor) -> Tensor:
        scores = logits.sigmoid()
        return torch.cat([scores.sum((2, 3, 4)).add(1).log(), scores.amax((2, 3, 4))], dim=1)


def concat_evidence(features: Sequence[Tensor], region_logits: Tensor) -> Tensor:
    """What the head sees: mean and maximum of each feature map, then the pooled region scores, [B, sum of all]."""
    pooled = [reduced for x in features for reduced in (x.mean((2, 3, 4)), x.amax((2, 3, 4)))]
    return torch.cat([*pooled, RegionScores.pooled(region_logits)], dim=1)


def masked(x: Tensor, present: Tensor) -> Tensor:
    """Zero absent modalities, whatever their voxels hold: x [B, 4, D, H, W], present bool [B, 4]."""
    return torch.where(present[:, :, None, None, None], x, 0)
