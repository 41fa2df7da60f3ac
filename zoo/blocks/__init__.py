"""Building blocks that models share. Feature maps are [B, C, D, h, w]: slices, rows, columns.

Reference for encoder, attention and guidance: Xu et al., arXiv 2401.09029.
"""

from zoo.blocks.attention import AttentionReading, DualAttention, SliceAttention, SpatialAttention
from zoo.blocks.cache import ActivationCache, CachedModule, cached_activations
from zoo.blocks.encoder import NORMS, RMCEncoder, load_mc3_18, tie_convolutions
from zoo.blocks.enlarge import enlarged
from zoo.blocks.guidance import GUIDANCE, Guidance
from zoo.blocks.heads import REGIONS, LogisticHead, RegionScores, average, average_and_peak
from zoo.blocks.inputs import any_present, masked, slices_with_brain
from zoo.blocks.norm import group_norm
from zoo.blocks.onednn import OneDNNConvolutions
from zoo.blocks.optional_outputs import (
    AUXILIARY_OUTPUTS,
    REGIONS_OUTPUT,
    SupportsAttention,
    SupportsAuxiliary,
    SupportsMeasurements,
    SupportsRegions,
)

Memory, remembering = ActivationCache, cached_activations  # their names before 0.2, for plugins written then

__all__ = [
    "AUXILIARY_OUTPUTS",
    "GUIDANCE",
    "NORMS",
    "REGIONS",
    "REGIONS_OUTPUT",
    "ActivationCache",
    "AttentionReading",
    "CachedModule",
    "DualAttention",
    "Guidance",
    "LogisticHead",
    "Memory",
    "OneDNNConvolutions",
    "RMCEncoder",
    "RegionScores",
    "SliceAttention",
    "SpatialAttention",
    "SupportsAttention",
    "SupportsAuxiliary",
    "SupportsMeasurements",
    "SupportsRegions",
    "any_present",
    "average",
    "average_and_peak",
    "cached_activations",
    "enlarged",
    "group_norm",
    "load_mc3_18",
    "masked",
    "remembering",
    "slices_with_brain",
    "tie_convolutions",
]  # fmt: skip
