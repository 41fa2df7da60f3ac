from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest

from made_up_results import HEADLINE, made_up_results
from training.evaluation.results import FOLDS, HOSPITALS, WHOLE
from training.report.failures import failure_signs
from training.report.markdown import estimate
from training.report.result_tables import NO_PATIENT, to_markdown
from training.report.summary import MEASURES, summarise
from training.report.tidy import HEADER, to_csv
from zoo import DISCLAIMER


@pytest.fixture(scope="module")
def results():
    return made_up_results(schemes=(FOLDS, HOSPITALS, WHOLE))


@pytest.fixture(scope="module")
def summary(results):
    return summarise(results, 10)


@pytest.fixture(scope="module")
def report(results, summary):
    return to_markdown(results, summary)


def _tables(report):
    """The rows of each table, as cells by header."""
    for block in report.split("\n\n"):
        if block.startswith("| "):
            header, _, *rows = ([cell.strip() for cell in line.split("|")[1:-1]] for line in block.splitlines())
            yield [list(zip(header, row, strict=True)) for row in rows]


def _table(report, *columns):
    return next(rows for rows in _tables(report) if {name for name, _ in rows[0]} >= set(columns))


def test_the_opening_says_what_it_was(report):
    opening = " ".join(report[: report.index("## Cross-validation")].split())
    for text in (
        "# Evaluation on made up, simulated gliomas",
        DISCLAIMER,
        NO_PATIENT,
        "166 cases (63 LGG and 103 HGG) of 166 patients from 4 hospitals; 0 left out; fingerprint 0000000000000000",
        "Protocol: experiment baselines, folds 5, repeats 1, seed 0",
        f"Headline, named in advance: {HEADLINE}",
        "Computed in 2.5 minutes: cores 2, gpus none; torch 2.14",
    ):
        assert text in opening


def test_every_arm_has_a_row_with_its_figures_and_what_it_is(report, summary):
    rows = [dict(row) for row in _table(report, "AUC", "parameters")]
    assert [row["arm"] for row in rows] == [
        f"**{HEADLINE}** (headline)",
        "single-t1ce",
        "site-control (sees no image)",
    ]
    measures = summary["arms"]["single-t1ce"][FOLDS]["measures"]
    within = summary["arms"]["single-t1ce"][FOLDS]["within_hospital"]
    assert rows[1] == {
        "arm": "single-t1ce",
        "AUC": estimate(measures["auc"]),
        "accuracy": estimate(measures["accuracy"]),
        "balanced accuracy": estimate(measures["balanced_accuracy"]),
        "same hospital": f"{within['pooled']:.3f} / {within['macro']:.3f}",
        "parameters": "0.64 M",
        "GFLOPs": "6.3",
    }
    assert (rows[2]["parameters"], rows[2]["GFLOPs"]) == ("–", "–")
    assert "±" in rows[1]["AUC"]
    assert "[" in rows[1]["AUC"]


def test_probabilities_are_judged_over_all_folds(report, summary):
    row = dict(_table(report, "Brier")[1])
    arm = summary["arms"]["single-t1ce"][FOLDS]
    assert row["F1"] == estimate(arm["measures"]["f1"])
    assert row["specificity"] == estimate(arm["measures"]["specificity"])
    assert row["Brier"] == estimate(arm["pooled"]["brier"])
    assert row["ECE"] == f"{arm['pooled']['ece']['value']:.3f}"
    assert row["graded"] == "166 of 166"


def test_hospitals_have_their_tables(report, summary):
    row = _table(report, "site probe, HGG")[0]
    figures = summary["arms"][HEADLINE][FOLDS]
    without, probe = figures["within_hospital_without_2013"], figures["site_probe"]["HGG"]
    assert row[4] == ("pairs", f"{without['pairs']}")
    assert dict(row)['without "2013"'] == f"{without['pooled']:.3f} / {without['macro']:.3f}"
    assert dict(row)["train − held-out AUC"] == f"{figures['train_gap']:.3f}"
    assert dict(row)["site probe, HGG"] == f"{probe['balanced_accuracy']:.2f} (0.25)"
    own = summary["arms"][HEADLINE][HOSPITALS]["hospitals"]["Henry Ford"]
    held_out = dict(_table(report, "AUC in")[0])
    assert held_out["Henry Ford (34 LGG, 35 HGG)"] == estimate(own | {"value": own["auc"]}, 2)
    assert not any("CBICA" in name for name in held_out)


def test_many_hospitals_are_spread_over_several_tables(results, summary):
    cases = tuple(replace(row, hospital=f"clinic {index % 12}") for index, row in enumerate(results.cases))
    changed = replace(results, cases=cases)
    tables = [rows for rows in _tables(to_markdown(changed, summarise(changed, 2))) if rows[0][0][0] == "AUC in"]
    assert all(len(row) <= 6 for rows in tables for row in rows)
    assert {name.split(" (")[0] for rows in tables for name, _ in rows[0][1:]} == {f"clinic {n}" for n in range(12)}


def test_comparisons_say_how_they_were_made(report, summary):
    for scheme, compared in summary["comparisons"].items():
        assert compared["method"] in " ".join(report.split()), scheme
    row, found = dict(_table(report, "verdict")[1]), summary["comparisons"][FOLDS]["arms"]["site-control"]
    assert row["arm"] == "site-control"
    assert row["AUC − headline's"] == estimate(found | {"value": found["difference"]})
    assert (row["p, Holm"], row["verdict"]) == (f"{found['p_holm']:.3f}", "worse")


def test_reference_points_and_signs_close_the_report(report, results, summary):
    closing = " ".join(report[report.index("## Reference points") :].split())
    for text in (
        *("0.985 ± 0.019", "0.966 ± 0.021", "0.903 / 0.921", "0.93 / 0.94", "0.81", "0.89 ± 0.09", "0.994 / 0.993"),
        "none of them can be compared with figures from simulated gliomas",
        *failure_signs(results, summary),
    ):
        assert text in closing


def test_patients_are_not_called_simulated(results, summary):
    real = replace(results, cohort=results.cohort | {"simulated": False})
    assert "imulated gliomas" not in to_markdown(real, summary)


def test_it_reads_well_in_a_terminal(report):
    assert max(map(len, report.splitlines())) <= 160


def test_csv_has_a_row_for_every_arm_scheme_and_measure(results, summary):
    rows = list(csv.DictReader(io.StringIO(to_csv(results, summary))))
    assert tuple(rows[0]) == HEADER
    found = {(row["model"], row["scheme"], row["measure"]): row for row in rows}
    assert len(found) == len(rows)
    for scheme in (FOLDS, HOSPITALS, WHOLE):
        for model in summary["arms"]:
            assert {(model, scheme, name) for name in MEASURES} <= set(found)
    auc = summary["arms"][HEADLINE][FOLDS]["measures"]["auc"]
    row = found[HEADLINE, FOLDS, "auc"]
    assert [float(row[name]) for name in ("value", "sd", "low", "high")] == pytest.approx(
        [auc[name] for name in ("value", "sd", "low", "high")], rel=1e-5
    )
    henry_ford = summary["arms"][HEADLINE][HOSPITALS]["hospitals"]["Henry Ford"]["auc"]
    assert float(found[HEADLINE, HOSPITALS, "auc_in_Henry Ford"]["value"]) == pytest.approx(henry_ford, rel=1e-5)
    assert found[HEADLINE, HOSPITALS, "auc_in_CBICA"]["value"] == ""
    difference = summary["comparisons"][FOLDS]["arms"]["single-t1ce"]
    row = found["single-t1ce", FOLDS, "difference_from_headline"]
    assert float(row["value"]) == pytest.approx(difference["difference"], rel=1e-5)
    assert (HEADLINE, FOLDS, "difference_from_headline") not in found
    assert found[HEADLINE, "", "parameters"]["value"] == "320000"
    assert found[HEADLINE, FOLDS, "within_hospital_pairs"]["value"] == "309"
    assert float(found[HEADLINE, FOLDS, "site_probe_HGG_chance"]["value"]) == 0.25
