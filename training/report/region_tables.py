"""The report of an evaluation of regions: a table in Markdown, and every study's figures in CSV."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from zoo import DISCLAIMER
from zoo.types import MEASURED

from ..evaluation.region_results import RegionMatch, RegionResults
from .markdown import NONE, bullets, estimate, number, prose, table
from .region_summary import LARGE_ML, POOR, summarise_regions
from .result_tables import NO_PATIENT

Figures = Mapping[str, Any]

REGIONS_MEANT = (
    "Core, oedema and enhancing are the labels 1, 2 and 4 (3 since 2023) of BraTS's masks, of which none holds "
    "another: core doesn't enhance, unlike BraTS's nested \"tumour core\". Whole is all three together. All is "
    "measured on the study's own grid, where the mask is placed by its own header."
)
EMPTY_ONES = (
    "A region that is empty both in the mask and in what was found is left out of Dice, and counted as both empty; "
    "where one of the two is empty, Dice is 0, and it is counted as one empty. Neither has a distance. Volumes and "
    "their correlation (Pearson's) are over all studies."
)
OVER_STUDIES = (
    "Distance: the 95 % symmetric surface distance. In square brackets 95 % intervals by bootstrap of patients, each "
    "grade for itself."
)
OVERLAP = (
    "model", "region", "studies", "Dice", f"above {LARGE_ML:g} ml", "of", "median", f"below {POOR}", "worst",
    "both empty", "one empty",
)  # fmt: skip
SIZES = ("model", "region", "r of volumes", "found, ml", "in the mask, ml", "distance, mm", "median, mm")
STUDIES = ("model", "case", "grade", "region", "dice", "distance_mm", "found_ml", "true_ml", "remark")


def write_region_report(results: RegionResults, folder: Path) -> list[Path]:
    """Write regions.md and studies.csv; return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = {folder / "regions.md": to_markdown(results), folder / "studies.csv": to_csv(results)}
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8")
    return list(texts)


def to_markdown(results: RegionResults) -> str:
    """Write what was measured and how, both tables, and what could not be measured."""
    summary = summarise_regions(results)
    rows = [(model, part, parts[part]) for model, parts in summary.items() for part in MEASURED]
    parts = [
        f"# Regions on {results.cohort['name']}",
        f"**{DISCLAIMER}**",
        NO_PATIENT if results.cohort["simulated"] else "",
        f"{len(results.cases)} cases, fingerprint {results.cohort['fingerprint']}.",
        *map(prose, (REGIONS_MEANT, EMPTY_ONES, OVER_STUDIES)),
        table(OVERLAP, [_overlap(*row) for row in rows], left=2),
        table(SIZES, [_sizes(*row) for row in rows], left=2),
        bullets(list(_not_measured(results))),
    ]
    return "\n\n".join(filter(None, parts)) + "\n"


def _overlap(model: str, part: str, figures: Figures) -> list[str]:
    counts = {name: str(figures[name]) for name in ("studies", "large", "poor", "both_empty", "one_empty")}
    return [
        f"`{model}`",
        part,
        counts["studies"],
        estimate(figures["dice"], 2),
        estimate(figures["large_dice"], 2),
        counts["large"],
        number(figures["median_dice"], 2),
        counts["poor"],
        f"{figures['worst'][1]:.2f} {figures['worst'][0]}" if figures["worst"] else NONE,
        counts["both_empty"],
        counts["one_empty"],
    ]


def _sizes(model: str, part: str, figures: Figures) -> list[str]:
    return [
        f"`{model}`",
        part,
        estimate(figures["correlation"], 2),
        number(figures["found_ml"], 1),
        number(figures["true_ml"], 1),
        estimate(figures["distance_mm"], 1),
        number(figures["median_mm"], 1),
    ]


def _not_measured(results: RegionResults) -> Iterator[str]:
    """How many cases each reason kept from being measured, and one of them by name."""
    for case, reason in results.cohort["left_out"].items():
        yield f"left out: {case}: {reason}"
    for model, reasons in results.not_measured.items():
        for reason, count in Counter(reasons.values()).items():
            first = next(case for case, why in reasons.items() if why == reason)
            more = f" and {count - 1} more" if count > 1 else ""
            yield f"not measured by `{model}`: {first}{more}: {reason}"


def to_csv(results: RegionResults) -> str:
    """Write a row for each model, case and region; what is not defined is empty, and the remark says why."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(STUDIES)
    for model, by_case in results.matches.items():
        for row in results.cases:
            if reason := results.not_measured[model].get(row.id):
                writer.writerow([model, row.id, row.grade, "", "", "", "", "", reason])
            for part, match in by_case.get(row.id, {}).items():
                writer.writerow([model, row.id, row.grade, part, *_cells(match)])
    return text.getvalue()


def _cells(match: RegionMatch) -> list[str]:
    values = (match.dice, match.distance_mm, match.found_ml, match.true_ml)
    remark = "both empty" if match.is_absent else "one empty" if match.is_one_sided else ""
    return ["" if value is None else f"{value:.6g}" for value in values] + [remark]
