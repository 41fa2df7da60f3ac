"""What others report on grading gliomas in MRI, to print beside our own."""

from __future__ import annotations

REFERENCES = (
    ("guided dual attention, the paper", "BraTS 2018, 5 folds", "AUC 0.985 ± 0.019"),
    ("guided dual attention, the paper", "BraTS 2019, 5 folds", "AUC 0.966 ± 0.021"),
    ("site prefix of the case alone, no image", "BraTS 2018 / 2019, 5 folds × 50", "AUC 0.994 / 0.993"),
    ("Cho 2018, logistic regression / random forest", "BraTS 2017, with true masks", "AUC 0.903 / 0.921"),
    ("Decuyper 2020", "internal / external test set", "AUC 0.93 / 0.94"),
    ("van der Voort", "external test set", "AUC 0.81"),
    ("review of 85 studies", "mean of their best", "accuracy 0.89 ± 0.09"),
)
OTHER_DATA = "They were measured on other data: none of them can be compared with figures from simulated gliomas."
SITE_TRAP = (
    "In BraTS the site prefix nearly determines the grade, so an AUC there can't tell a grader from a scanner detector."
)
