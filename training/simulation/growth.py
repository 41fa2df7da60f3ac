"""Where the tumour is: fronts that spread from a site in white matter, round CSF and falx."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import dijkstra

from .anatomy import Anatomy, Deformation, build_anatomy, push_aside
from .fields import COARSE, Grid, smooth_field, soft_step, upsample
from .signs import Signs

UNREACHED_MM = 120.0  # arrival of a front where it never gets to
# Millimetres a front needs for one millimetre of tissue.
CORE_COST = {"grey": 1.25, "white": 1.0, "csf": 6.0}
OEDEMA_COST = {"grey": 3.5, "white": 1.0, "csf": 12.0}
FALX_COST = 15.0


@dataclass(frozen=True)
class Fronts:
    """Arrival of core and oedema, in mm of white matter, float32 [x, y, z] on the coarse grid."""

    core: np.ndarray
    oedema: np.ndarray


@dataclass(frozen=True)
class Lesion:
    """Tumour on the output grid. Fractions in 0..1, float32 [x, y, z].

    `whole` contains `core`; `core_depth` is the distance in mm inwards from the border of the
    core, negative outside.
    """

    whole: np.ndarray
    core: np.ndarray
    core_depth: np.ndarray


def grow(rng: np.random.Generator, deformation: Deformation, signs: Signs, grid: Grid):
    """Place and grow the tumour of `signs`; returns the displaced Anatomy and the Lesion."""
    site = choose_site(rng, build_anatomy(deformation, COARSE), signs.lobe)
    radius_mm = (0.75 * (signs.core_ml + 0.25 * signs.whole_tumour_ml) * 1000 / np.pi) ** (1 / 3)
    deformation = push_aside(deformation, site, radius_mm, signs.mass_effect)
    fronts = spread(rng, build_anatomy(deformation, COARSE), site, radius_mm, signs)
    anatomy = build_anatomy(deformation, grid)
    return anatomy, threshold(fronts, anatomy, signs, grid)


def choose_site(rng: np.random.Generator, anatomy: Anatomy, lobe: str) -> np.ndarray:
    """World position [3] in mm of the first tumour cell, in the white matter of `lobe`."""
    inside = (anatomy.white > 0.5) & (anatomy.depth_mm > 7) & in_lobe(anatomy.template_mm, lobe)
    candidates = np.flatnonzero(inside)
    chosen = candidates[rng.integers(len(candidates))]
    return COARSE.points_mm().reshape(3, -1)[:, chosen] + rng.uniform(-2, 2, 3)


def in_lobe(template_mm: np.ndarray, lobe: str) -> np.ndarray:
    """Voxels of a lobe by coarse boxes in MNI space; cerebellum and brain stem are in none."""
    x, y, z = np.abs(template_mm[0]), template_mm[1], template_mm[2]
    deep = (x < 30) & (y > -40) & (y < 22) & (z > -8) & (z < 28)
    occipital = (y < -70) & (z > -12)
    temporal = (x > 26) & (y > -60) & (y < 12) & (z < 6) & (z > -40)
    parietal = (y > -70) & (y < -20) & (z > 14)
    frontal = (y > -20) & (z > -20) & ~temporal
    outer = {"occipital": occipital, "temporal": temporal, "parietal": parietal}
    return deep if lobe == "deep" else outer.get(lobe, frontal) & ~deep


def spread(rng, anatomy: Anatomy, site: np.ndarray, radius_mm: float, signs: Signs) -> Fronts:
    """Arrival of core and oedema on the coarse grid, with irregular borders."""
    core = arrival_mm(anatomy, CORE_COST, _nearest(site))
    if signs.multifocal:
        core = np.minimum(core, _second_focus(rng, anatomy, core, radius_mm))
    bumps = rng.uniform(0.7, 1.7) * _bumps(rng)
    core = core + radius_mm * (0.5 if signs.sharp_margin else 1.0) * bumps
    seeds = np.flatnonzero(core <= np.partition(core.ravel(), _rank(signs.core_ml))[_rank(signs.core_ml)])
    oedema = arrival_mm(anatomy, OEDEMA_COST, seeds)
    oedema = oedema * (1 + 0.25 * np.clip(smooth_field(rng, COARSE, 22), -2, 2))
    return Fronts(core.astype(np.float32), oedema.astype(np.float32))


def _bumps(rng) -> np.ndarray:
    return 0.28 * smooth_field(rng, COARSE, 34) + 0.14 * smooth_field(rng, COARSE, 15)


def _rank(volume_ml: float) -> int:
    return max(1, int(volume_ml / COARSE.voxel_ml))


def _nearest(position_mm: np.ndarray) -> np.ndarray:
    index = [np.abs(axis - p).argmin() for axis, p in zip(COARSE.axes_mm(), position_mm, strict=True)]
    return np.array([np.ravel_multi_index(index, COARSE.shape)])


def _second_focus(rng, anatomy: Anatomy, first: np.ndarray, radius_mm: float) -> np.ndarray:
    """Front of a smaller tumour that starts later, apart from the first."""
    apart = (first > 1.8 * radius_mm) & (first < 1.8 * radius_mm + 25) & (anatomy.white > 0.5)
    candidates = np.flatnonzero(apart & (anatomy.template_mm[2] > -25))
    if len(candidates) == 0:
        return first
    start = candidates[rng.integers(len(candidates))]
    return arrival_mm(anatomy, CORE_COST, np.array([start])) + rng.uniform(0.3, 0.7) * radius_mm


def arrival_mm(anatomy: Anatomy, cost: dict[str, float], sources: np.ndarray) -> np.ndarray:
    """Shortest travel from flat indices `sources` through coarse tissue, float [x, y, z] in mm.

    Dijkstra over 26 neighbours: a level set by another name (Sethian 1996), without its solver.
    """
    slowness = cost["grey"] * anatomy.grey + cost["white"] * anatomy.white + cost["csf"] * anatomy.csf
    falx = (np.abs(anatomy.template_mm[0]) < 3) & (anatomy.white < 0.4)
    slowness = np.where(falx, np.maximum(slowness, FALX_COST), slowness)
    nodes = np.full(COARSE.shape, -1)
    brain = anatomy.depth_mm > 0
    brain.ravel()[sources] = True
    nodes[brain] = np.arange(brain.sum())
    graph = _neighbour_graph(nodes, slowness)
    travel = dijkstra(graph, directed=False, indices=nodes.ravel()[sources], limit=UNREACHED_MM, min_only=True)
    arrival = np.full(COARSE.shape, UNREACHED_MM)
    arrival[brain] = np.minimum(travel, UNREACHED_MM)
    return arrival


def _neighbour_graph(nodes: np.ndarray, slowness: np.ndarray) -> coo_matrix:
    """Each pair of neighbouring brain voxels once, weighted by mean slowness × distance."""
    rows, columns, weights = [], [], []
    for step in np.ndindex(3, 3, 3):
        offset = np.array(step) - 1
        if tuple(offset) <= (0, 0, 0):
            continue
        here, there = _shifted_views(offset)
        pair = (nodes[here] >= 0) & (nodes[there] >= 0)
        rows.append(nodes[here][pair])
        columns.append(nodes[there][pair])
        mean = 0.5 * (slowness[here][pair] + slowness[there][pair])
        weights.append(mean * COARSE.spacing_mm * np.linalg.norm(offset))
    count = int(nodes.max()) + 1
    edges = (np.concatenate(rows), np.concatenate(columns))
    return coo_matrix((np.concatenate(weights), edges), shape=(count, count)).tocsr()


def _shifted_views(offset: np.ndarray) -> tuple[tuple[slice, ...], tuple[slice, ...]]:
    here = tuple(slice(max(0, -o), n - max(0, o)) for o, n in zip(offset, COARSE.shape, strict=True))
    there = tuple(slice(max(0, o), n - max(0, -o)) for o, n in zip(offset, COARSE.shape, strict=True))
    return here, there


def threshold(fronts: Fronts, anatomy: Anatomy, signs: Signs, grid: Grid) -> Lesion:
    """Stop both fronts where they enclose the drawn volumes, with the drawn border width."""
    tissue = (anatomy.csf < 0.6) & (anatomy.depth_mm > 0)
    core_arrival = np.where(tissue, upsample(fronts.core, grid), UNREACHED_MM)
    core_depth = _enclosing(core_arrival, signs.core_ml, grid) - core_arrival
    # Oedema spares the cortex: its fingers follow the white matter of the fine grid.
    oedema_arrival = upsample(fronts.oedema, grid) + 10 * anatomy.grey
    oedema_arrival = np.where(tissue & (core_depth < 0), oedema_arrival, UNREACHED_MM)
    oedema_ml = signs.whole_tumour_ml - signs.core_ml
    oedema_depth = _enclosing(oedema_arrival, oedema_ml, grid) - oedema_arrival
    crisp = signs.sharp_margin or signs.enhancement == "ring"
    core = soft_step(core_depth, 0.4 if crisp else 1.3) * tissue
    oedema = soft_step(oedema_depth, 0.8 if signs.sharp_margin else 2.5) * tissue
    whole = np.maximum(core, oedema).astype(np.float32)
    return Lesion(whole, core.astype(np.float32), core_depth.astype(np.float32))


def _enclosing(arrival: np.ndarray, volume_ml: float, grid: Grid) -> float:
    """Arrival time that encloses `volume_ml`, or all that can be reached if that is less."""
    rank = min(max(1, int(volume_ml / grid.voxel_ml)), arrival.size - 1)
    return min(float(np.partition(arrival.ravel(), rank)[rank]), UNREACHED_MM - 1)
