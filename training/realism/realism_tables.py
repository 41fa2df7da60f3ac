"""The report in words and tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from statistics import median
from typing import Any

from ..report.markdown import bullets, number, prose, table
from .intensities import CHANNELS

PURPOSE = (
    "Real cases are used to check ranges, never to train or select. Too few of them tell nothing about how well a "
    "model grades."
)
INTENSITIES = (
    "Wasserstein distance between all voxels of a region, in units of white matter; in brackets the distance between "
    "as many simulated cases and the other simulated ones, which is the best that so few cases can show."
)
TELLING = (
    "AUC of a random forest that tells real from simulated crops of 32 mm by their texture, mean ± SD over folds that "
    "share no patient; 0.5 is best."
)


def to_markdown(figures: Mapping[str, Any], pictures: Iterable[str]) -> str:
    telling = figures["c2st_auc"]
    parts = [
        "# Real beside simulated",
        prose(PURPOSE),
        bullets([_about(kind, cohort) for kind, cohort in figures["cohorts"].items()]),
        f"## Intensities\n\n{prose(INTENSITIES)}",
        _intensities(figures["intensities"]),
        f"## Sizes and shapes\n\n{_facts(figures['shapes'])}",
        f"## Scans\n\n{_facts(figures['scans'])}",
        f"## Telling apart\n\n{prose(TELLING)}",
        _telling(telling),
        prose(f"Most telling: {', '.join(telling['most_telling'])}."),
        "## Pictures\n\n" + "\n\n".join(f"![{name}]({name})" for name in pictures),
    ]
    return "\n\n".join(parts) + "\n"


def _about(kind: str, cohort: Mapping[str, Any]) -> str:
    left_out = "; ".join(f"{case}: {reason}" for case, reason in cohort["left_out"].items())
    return (
        f"{kind}: {cohort['cases']} cases; without a mask: {', '.join(cohort['without_mask']) or 'none'}; "
        f"left out: {left_out or 'none'}."
    )


def _intensities(regions: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> str:
    rows = [[region, *(_distance(channels[name]) for name in CHANNELS)] for region, channels in regions.items()]
    return table(["region", *CHANNELS], rows)


def _distance(compared: Mapping[str, Any]) -> str:
    return f"{number(compared['distance'], 2)} ({number(compared['floor'], 2)})"


def _facts(facts: Mapping[str, Mapping[str, Any]]) -> str:
    rows = [
        [name, _range(fact["real"]), _range(fact["simulated"]), number(fact["distance"], 2), number(fact["p"], 2)]
        for name, fact in facts.items()
    ]
    return table(["median [lowest, highest]", "real", "simulated", "KS distance", "p"], rows)


def _range(values: Sequence[float]) -> str:
    return f"{median(values):.3g} [{min(values):.3g}, {max(values):.3g}]"


def _telling(telling: Mapping[str, Any]) -> str:
    scores = {"all": telling["all"]} | telling["by_channel"] | telling["by_feature"]
    rows = [[name, f"{score['value']:.2f} ± {score['sd']:.2f}"] for name, score in scores.items()]
    return table(["features", "AUC"], rows)
