"""A small residual 3-D U-Net at half the resolution of its input within slices."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional

from zoo.blocks import CachedModule, enlarged, group_norm

LEVELS = 4


class ResidualBlock(nn.Module):
    """Two 3×3×3 convolutions and a shortcut (He et al. 2016); the stride is along all three axes."""

    def __init__(self, channels_in: int, channels: int, stride: int = 1) -> None:
        super().__init__()
        self.conv1 = nn.Conv3d(channels_in, channels, 3, stride, 1, bias=False)
        self.conv2 = nn.Conv3d(channels, channels, 3, 1, 1, bias=False)
        self.norm1, self.norm2 = group_norm(channels), group_norm(channels)
        same = stride == 1 and channels_in == channels
        self.shortcut = nn.Identity() if same else nn.Conv3d(channels_in, channels, 1, stride, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        inner = functional.relu_(self.norm1(self.conv1(x)))
        return functional.relu_(self.norm2(self.conv2(inner)).add_(self.shortcut(x)))


class UNet(CachedModule):
    """A U-Net, [B, C, D, H, W] -> features [B, width, D, H/2, W/2].

    It has four levels, each on half the grid of the one before, with twice its maps. What comes up from a coarser level
    is added to what went down, not concatenated (Myronenko 2018, arXiv 1810.11654).
    """

    def __init__(self, channels_in: int, width: int) -> None:
        super().__init__()
        widths = [width << level for level in range(LEVELS)]
        self.stem = nn.Conv3d(channels_in, width, (1, 5, 5), (1, 2, 2), (0, 2, 2))
        self.down = nn.ModuleList(
            ResidualBlock(before, after, stride)
            for before, after, stride in zip([width, *widths[:-1]], widths, (1, 2, 2, 2), strict=True)
        )
        self.narrow = nn.ModuleList(nn.Conv3d(2 * channels, channels, 1, bias=False) for channels in widths[1:-1])
        self.narrow_to_finest = nn.Conv3d(2 * width, width, 1, bias=False)
        self.up = nn.ModuleList(ResidualBlock(channels, channels) for channels in widths[1:-1])
        self.finest = ResidualBlock(width, width)

    def forward(self, x: Tensor) -> Tensor:
        x, passed = self.stem(x), []
        for block in self.down:
            x = block(x)
            passed.append(x)
        finest, *middle, _ = passed
        for narrow, block, skip in reversed(list(zip(self.narrow, self.up, middle, strict=True))):
            x = block(skip + enlarged(narrow(x), skip.shape[2:]))
        return self.finest(finest + enlarged(self.narrow_to_finest(x), finest.shape[2:]))
