"""A report in HTML, complete in one file and fit for printing, and in JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from html import escape
from pathlib import Path
from typing import Any

from zoo.render.comparison import comparison_card, contributions_card
from zoo.render.grade_facts import grade_json
from zoo.render.preparation_card import preparation_card
from zoo.render.region_card import regions_card
from zoo.render.slice_picture import embedded
from zoo.report.contents import HeatPicture, RegionPicture, Report
from zoo.types import DISCLAIMER, MODALITY_TITLES, ModelResult

FORMAT = 1
HERE = Path(__file__).parent
STYLES = (HERE / "report.css", HERE.parent / "render" / "page.css")


def to_json(report: Report) -> str:
    return json.dumps(
        {
            "format": FORMAT,
            "disclaimer": DISCLAIMER,
            "made": report.made,
            "study": dict(report.study),
            "findings": [asdict(finding) for finding in report.findings],
            "answers": [_answer(answer, report) for answer in report.answers],
            "regions": report.regions,
            "limits": list(report.limits),
            "versions": dict(report.versions),
        },
        indent=1,
        ensure_ascii=False,
    )


def _answer(answer: ModelResult, report: Report) -> dict[str, Any]:
    assert answer.grade is not None
    digests = {"sha256": dict(report.digests[answer.spec.id])}
    content = grade_json(answer.grade, answer.spec) | {"parameters": answer.parameters} | digests
    if answer.contributions:
        shapley = answer.contributions
        content["modality_shapley"] = {"values": shapley.by_modality, "facts": dict(shapley.facts)}
    return content


def to_html(report: Report) -> str:
    style = "\n".join(path.read_text(encoding="utf-8") for path in STYLES)
    return f"""<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>GliomaZoo report</title>
<style>{style}</style></head>
<body>
<h1>GliomaZoo report</h1>
<p><strong class="zoo-badge">{DISCLAIMER}</strong> Made {escape(report.made)}.</p>
<h2>The study</h2>
{_definitions(_study_in_words(report.study))}
{_list("What was noticed", (finding.message for finding in report.findings))}
{preparation_card(report.preparation) if report.preparation else ""}
<h2>Grades</h2>
{comparison_card(report.answers, unfolded=True)}
{"".join(map(_figure, report.pictures))}
{contributions_card(report.answers)}
{regions_card(report.regions, linked=False) if report.regions else ""}
{_region_figure(report.outlines) if report.outlines else ""}
{_list("Limits", report.limits)}
<h2>Made with</h2>
{_definitions(report.versions)}
<h2>Weights, sha256</h2>
{"".join(_weights(answer, report) for answer in report.answers)}
</body></html>
"""


def _weights(answer: ModelResult, report: Report) -> str:
    """Where they came from, and the sha256 of each file."""
    assert answer.grade is not None
    origin = f"<h3>{escape(answer.spec.id)}</h3><p>{escape(answer.grade.weights)}</p>"
    return origin + _definitions(report.digests[answer.spec.id])


def _study_in_words(study: Mapping[str, Any]) -> dict[str, str]:
    return {
        "Modalities": ", ".join(MODALITY_TITLES[name] for name in study["modalities"]),
        "Voxels": " × ".join(map(str, study["voxels"])),
        "Spacing": " × ".join(f"{length:g}" for length in study["spacing_mm"]) + " mm",
        "Brain": f"{study['brain_ml']:,} ml",
    }


def _definitions(facts: Mapping[str, str]) -> str:
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in facts.items())
    return f"<dl>{rows}</dl>"


def _list(title: str, sentences: Iterable[str]) -> str:
    items = "".join(f"<li>{escape(sentence)}</li>" for sentence in sentences)
    return f"<h2>{title}</h2><ul>{items}</ul>" if items else ""


def _figure(picture: HeatPicture) -> str:
    what = f"{picture.model}: {picture.explainer} over {MODALITY_TITLES[picture.modality]}"
    return _captioned(picture.png, what, "at its strongest slice. Warm speaks for high grade, blue for low grade.")


def _region_figure(picture: RegionPicture) -> str:
    what = f"Outlines of the tumour's regions over {MODALITY_TITLES[picture.modality]}"
    return _captioned(picture.png, what, "in the slice with most of them, in the colours of the table.")


def _captioned(png: bytes, what: str, more: str) -> str:
    return f"""
<figure><img src="{embedded(png)}" alt="{escape(what)}">
  <figcaption>{escape(what)}, {escape(more)} The patient's right is on the left.</figcaption></figure>"""
