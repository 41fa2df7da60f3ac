"""What the tables say is what was measured."""

from __future__ import annotations

from training.realism.intensities import CHANNELS
from training.realism.realism_tables import to_markdown

COMPARED = {"distance": 0.123, "floor": None, "real": [1.0] * 5, "simulated": [1.0] * 5}
FIGURES = {
    "cohorts": {"real": {"cases": 8, "without_mask": [], "left_out": {}}},
    "intensities": {"core": dict.fromkeys(CHANNELS, COMPARED)},
    "shapes": {"whole_ml": {"distance": 0.25, "p": 0.5, "real": [1.0, 2.0, 9.0], "simulated": [3.0]}},
    "scans": {"t1 noise": {"distance": 0.75, "p": 0.01, "real": [0.1], "simulated": [0.2]}},
    "c2st_auc": {
        "all": {"value": 0.91, "sd": 0.02},
        "by_channel": {"t1": {"value": 0.75, "sd": 0.1}},
        "by_feature": {"gradient z": {"value": 0.5, "sd": 0.1}},
        "most_telling": ["t2 fall-off z"],
    },
}


def test_figures_are_in_the_tables():
    text = " ".join(to_markdown(FIGURES, ["a.png"]).split())
    assert "| core | 0.12 (–) |" in text
    assert "| whole_ml | 2 [1, 9] | 3 [3, 3] | 0.25 | 0.50 |" in text
    assert "| t1 noise | 0.1 [0.1, 0.1] | 0.2 [0.2, 0.2] | 0.75 | 0.01 |" in text
    assert "| all | 0.91 ± 0.02 |" in text
    assert "Most telling: t2 fall-off z." in text
    assert "real: 8 cases; without a mask: none; left out: none." in text
    assert "![a.png](a.png)" in text
