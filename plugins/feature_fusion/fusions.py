"""Ways to bring modalities together: maps [B, M, C, D, h, w] and which are present, bool [B, M], -> [B, out_features].

M is the number of modalities; maps of absent ones are 0.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from zoo.blocks import average_and_peak, group_norm


class Fusion(nn.Module):
    """A module that turns the maps of M modalities, and which are present, into `out_features` numbers a study."""

    out_features: int


class Concatenation(Fusion):
    """Pooled features side by side; an absent modality leaves a gap of zeros."""

    def __init__(self, modalities: int, channels: int) -> None:
        super().__init__()
        self.out_features = modalities * 2 * channels

    def forward(self, maps: Tensor, present: Tensor) -> Tensor:
        return pooled(maps).flatten(1)


class GatedMultimodalUnit(Fusion):
    """Gated sum Σ σ(W_m z)·tanh(V_m z_m), z all modalities' features in a row (Arevalo et al. 2017, arXiv 1702.01992).

    An absent modality adds nothing.
    """

    def __init__(self, modalities: int, channels: int, hidden: int = 64) -> None:
        super().__init__()
        self.out_features = hidden
        self.transforms = nn.ModuleList(nn.Linear(2 * channels, hidden) for _ in range(modalities))
        self.gates = nn.ModuleList(nn.Linear(modalities * 2 * channels, hidden) for _ in range(modalities))

    def forward(self, maps: Tensor, present: Tensor) -> Tensor:
        z = pooled(maps)
        values = torch.stack([layer(own) for layer, own in zip(self.transforms, z.unbind(1), strict=True)], dim=1)
        gates = torch.stack([layer(z.flatten(1)) for layer in self.gates], dim=1)
        return (gates.sigmoid() * values.tanh() * present[..., None]).sum(dim=1)


class ModalityTransformer(Fusion):
    """A transformer over one token a modality and a class token, whose output grades (TransMed, arXiv 2103.05940).

    TransMed cuts images into patches first; here an encoder has turned each modality into one token. Absent ones are
    not attended to.
    """

    def __init__(self, modalities: int, channels: int, width: int = 64, heads: int = 4, layers: int = 2) -> None:
        super().__init__()
        self.out_features = width
        self.embed = nn.Linear(2 * channels, width)
        self.modality = nn.Parameter(torch.randn(modalities, width) / width**0.5)
        self.class_token = nn.Parameter(torch.randn(width) / width**0.5)
        layer = nn.TransformerEncoderLayer(width, heads, 2 * width, dropout=0.1, batch_first=True, norm_first=True)
        self.layers = nn.TransformerEncoder(layer, layers, norm=nn.LayerNorm(width), enable_nested_tensor=False)

    def forward(self, maps: Tensor, present: Tensor) -> Tensor:
        tokens = self.embed(pooled(maps)) + self.modality
        tokens = torch.cat([self.class_token.expand(len(tokens), 1, -1), tokens], dim=1)
        hidden = torch.cat([torch.zeros_like(present[:, :1]), ~present], dim=1)
        return self.layers(tokens, src_key_padding_mask=hidden)[:, 0]


class Moments(Fusion):
    """Mean and variance over the present modalities' feature maps, then a convolution (HeMIS, Havaei et al. 2016).

    Any subset of modalities gives maps of the same kind; the variance of one modality is 0.
    """

    def __init__(self, modalities: int, channels: int) -> None:
        super().__init__()
        self.out_features = 2 * channels
        self.front = nn.Sequential(
            nn.Conv3d(2 * channels, channels, (1, 3, 3), padding=(0, 1, 1), bias=False), group_norm(channels), nn.ReLU()
        )

    def forward(self, maps: Tensor, present: Tensor) -> Tensor:
        return average_and_peak(self.front(moments(maps, present)))


def moments(maps: Tensor, present: Tensor) -> Tensor:
    """Return mean, then unbiased variance as in Havaei et al., over the present modalities, [B, 2C, D, h, w]."""
    here = present[:, :, None, None, None, None].to(maps.dtype)
    count = here.sum(dim=1)
    mean = (maps * here).sum(dim=1) / count.clamp(min=1)
    squares = ((maps - mean[:, None]).square() * here).sum(dim=1)
    return torch.cat([mean, squares / (count - 1).clamp(min=1)], dim=1)


def pooled(maps: Tensor) -> Tensor:
    """Return mean and maximum of each map, [B, M, C, D, h, w] -> [B, M, 2C]."""
    return average_and_peak(maps.flatten(0, 1)).unflatten(0, maps.shape[:2])


FUSIONS: dict[str, type[Fusion]] = {
    "concat": Concatenation,
    "gated": GatedMultimodalUnit,
    "transformer": ModalityTransformer,
    "moments": Moments,
}
