"""The leaderboard's tables say what its JSON says."""

from __future__ import annotations

from dataclasses import replace

from training.whole_zoo.leaderboard_tables import to_markdown
from zoo.assets.leaderboard import (
    AblationArm,
    Ablations,
    CeilingAuc,
    Estimate,
    Figures,
    GradedCohort,
    Leaderboard,
    LeaderboardRow,
    SignCeiling,
)


def _model(own, other):
    figures = [
        Figures(auc=Estimate(auc, auc - 0.03, auc + 0.03), brier=Estimate(0.12), ece=Estimate(0.034), p_hgg=(0.5, 0.5))
        for auc in (own, other)
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


def _rows(markdown):
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in markdown.splitlines() if "|" in line]


def test_the_best_model_comes_first_with_its_drop():
    first, second = _rows(to_markdown(BOARD))[2:4]
    assert first == [
        "`strong`", "0.33 M", "2.6", "0.08", "0.910 [0.880, 0.940]", "0.120", "0.034", "0.850 [0.820, 0.880]", "0.060",
    ]  # fmt: skip
    assert (second[0], second[-1]) == ("`weak`", "-0.020")


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
