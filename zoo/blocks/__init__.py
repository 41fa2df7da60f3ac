"""Building blocks that models share. Feature maps are [B, C, D, h, w]: slices, rows, columns.

Reference for encoder, attention and guidance: Xu et al., arXiv 2401.09029.
"""

from zoo.blocks.attention import AttentionReading, DualAttention, SliceAttention, SpatialAttention
from zoo.blocks.cache import Memory, remembering
from zoo.blocks.encoder import NORMS, RMCEncoder, group_norm, load_mc3_18, tie_convolutions
from zoo.blocks.guidance import GUIDANCE, Guidance
from zoo.blocks.heads import REGIONS, LogisticHead, RegionScores, average, average_and_peak
from zoo.blocks.inputs import any_present, masked, slices_with_brain

__all__ = [
    "GUIDANCE",
    "NORMS",
    "REGIONS",
    "AttentionReading",
    "DualAttention",
    "Guidance",
    "LogisticHead",
    "Memory",
    "RMCEncoder",
    "RegionScores",
    "SliceAttention",
    "SpatialAttention",
    "any_present",
    "average",
    "average_and_peak",
    "group_norm",
    "load_mc3_18",
    "masked",
    "remembering",
    "slices_with_brain",
    "tie_convolutions",
]  # fmt: skip
