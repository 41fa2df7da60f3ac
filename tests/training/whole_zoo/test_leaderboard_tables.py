"""The leaderboard's tables say what its JSON says."""

from __future__ import annotations

from dataclasses import replace

from training.whole_zoo.leaderboard_tables import grades_table, models_table, to_markdown
from zoo.assets.leaderboard import (
    AblationArm,
    Ablations,
    AucDifference,
    CeilingAuc,
    Estimate,
    Figures,
    GradedCohort,
    Leaderboard,
    LeaderboardRow,
    ModalityGain,
    SignCeiling,
)


def _model(own, other, shifted=None):
    figures = [
        Figures(
            auc=Estimate(auc, auc - 0.03, auc + 0.03),
            brier=Estimate(0.12),
            ece=Estimate(0.034),
            sensitivity=Estimate(auc + 0.02),
            specificity=Estimate(auc - 0.1),
            p_hgg=(0.5, 0.5),
        )
        for auc in (own, other, shifted)
        if auc is not None
    ]
    return LeaderboardRow("a model", "encoder", ("t1ce",), 326_353, 2.61, "studies", 0.084, "embedded:0", *figures)


def _cohort(cases, reached):
    told = CeilingAuc(reached, reached - 0.015, reached + 0.01)
    ceiling = SignCeiling(cases, told, {"cyst": 0.55, "enhancement": 0.867}, reached + 0.002)
    return GradedCohort("0" * 16, cases, ("LGG", "HGG"), ceiling)


ARMS = {
    "as the paper": AblationArm((0.84, 0.86)),
    "no guidance": AblationArm((0.80, 0.82), -0.04, -0.07, -0.01, p_holm=0.0004, verdict="worse"),
}
BOARD = Leaderboard(
    simulator="2.0",
    held_out=_cohort(300, 0.965),
    unseen=_cohort(400, 0.975),
    models={"weak": _model(0.7, 0.72), "strong": _model(0.91, 0.85)},
    ablations=Ablations(experiments={"ablation": ARMS}),
)


SHIFTED = replace(
    BOARD,
    models=BOARD.models | {"strong": _model(0.91, 0.85, 0.88)},
    modality_gain=ModalityGain("strong", "weak", {"shifted": AucDifference(0.03, 0.01, 0.05, 0.004)}),
)


def _rows(markdown):
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in markdown.splitlines() if "|" in line]


def test_the_best_model_comes_first_with_each_of_its_aucs():
    header, _, first, second = _rows(models_table(SHIFTED))
    assert header[4:] == ["AUC", "other scanners: AUC", "other simulator: AUC"]
    assert first == [
        "`strong`", "0.33 M", "2.6", "0.08", "0.910 [0.880, 0.940]", "0.880 [0.850, 0.910]", "0.850 [0.820, 0.880]",
    ]  # fmt: skip
    assert (second[0], *second[-2:]) == ("`weak`", "–", "0.720 [0.690, 0.750]")


def test_grades_and_probabilities_are_told_for_each_cohort():
    header, _, first, second = _rows(grades_table(SHIFTED))
    assert header == [
        "model",
        "held out",
        "Brier",
        "ECE",
        "other scanners",
        "Brier",
        "ECE",
        "other simulator",
        "Brier",
        "ECE",
    ]
    assert first[:7] == ["`strong`", "0.93 / 0.81", "0.120", "0.034", "0.90 / 0.78", "0.120", "0.034"]
    assert (second[0], *second[4:8]) == ("`weak`", "–", "–", "–", "0.74 / 0.62")
    assert max(map(len, grades_table(SHIFTED).splitlines())) < 125


def test_what_modalities_add_is_a_sentence():
    told = "difference of AUC by DeLong's test: +0.030 [+0.010, +0.050], p = 0.004 on these as other scanners"
    assert told in to_markdown(SHIFTED)


def test_a_leaderboard_without_other_scanners_has_no_column_and_no_sentence_for_them():
    text = to_markdown(BOARD)
    assert models_table(BOARD) in text
    assert grades_table(BOARD) in text
    assert "other scanners" not in text
    assert "–" not in text
    assert "DeLong" not in text
    assert "\n\n\n" not in text


def test_the_ceilings_are_told_with_the_best_sign():
    text = to_markdown(BOARD)
    assert "0.965 [0.950, 0.975] on the 300 held-out studies (the best single sign, enhancement, 0.867)" in text
    assert "0.975 [0.960, 0.985] on the 400 of the other simulator; Bayes' rule" in text
    assert "how often each sign occurs, 0.967 and 0.977." in text


def test_readings_are_compared_with_the_first():
    first, second = _rows(to_markdown(BOARD))[-2:]
    assert first == ["as the paper", "0.850 ± 0.014", "", "", ""]
    assert second == ["no guidance", "0.810 ± 0.014", "-0.040 [-0.070, -0.010]", "< 0.001", "worse"]


def test_one_seed_has_no_spread():
    board = replace(BOARD, ablations=Ablations(experiments={"ablation": {"only": AblationArm((0.84,))}}))
    assert _rows(to_markdown(board))[-1][:2] == ["only", "0.840"]
