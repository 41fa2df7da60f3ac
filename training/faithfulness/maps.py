"""Maps over the voxels of a study: an explainer's, and two that know everything and nothing."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter

from zoo import MODALITIES, ExplainerSpec, Question

SMOOTHING_MM = 4.0
"""Standard deviation of the Gaussian by which every map is smoothed before its voxels are ranked."""
RANDOM_SEED = 0


def attribution_map(explainer: ExplainerSpec, question: Question) -> np.ndarray:
    """Explain a study, float32 [4, D, H, W], 0 outside the brain, as the page shows it; `PluginError` without a map."""
    answer = explainer.explain(question, lambda fraction, text: None)
    return answer.values * question.brain[0].cpu().numpy()


def random_map(shape: tuple[int, ...]) -> np.ndarray:
    """White noise, the same for every study and model: what a map is worth that knows nothing."""
    return np.random.default_rng(RANDOM_SEED).standard_normal(shape).astype(np.float32)


def lesion_map(lesion: np.ndarray) -> np.ndarray:
    """Spread the true lesion, bool [D, H, W], over every modality, float32 [4, D, H, W]."""
    return np.repeat(lesion[None].astype(np.float32), len(MODALITIES), axis=0)


def scored_voxels(question: Question) -> np.ndarray:
    """Mark the brain in every modality that the model looks at, bool [4, D, H, W]."""
    used = [name in question.spec.uses for name in MODALITIES] & question.present[0].cpu().numpy()
    return question.brain[0].cpu().numpy() & used[:, None, None, None]


def importance(values: np.ndarray, spacing_mm: tuple[float, float, float]) -> np.ndarray:
    """How much each voxel is said to matter, whichever grade it speaks for: |smoothed map|, float32 [4, D, H, W].

    Without a sign, since attention and the true lesion have none.
    """
    sigma = [0.0, *(SMOOTHING_MM / step for step in spacing_mm)]
    return np.abs(gaussian_filter(values.astype(np.float32), sigma))
