"""Whom the second simulator draws: another hospital's patients, whose signs tell less of the grade."""

from ..signs import Population, Prevalence

# Graded as the WHO does since 2021: IDH-wildtype tumours of grade 4 by their genes alone are high-grade, though most of
# them look like a low-grade one. They are 24 of 255 glioblastomas (Patel et al. 2026, doi 10.1007/s11060-026-05431-8),
# and 5.6 % (2,165 tumours of grade 4, ReSPOND) to 10 % (304, PMC6089138) are IDH-mutant. Astrocytomas and
# oligodendrogliomas of grades 2 and 3 as in TCGA, 141 : 84 (Brat et al. 2015, from memory).
SUBTYPES = {
    "HGG": {"glioblastoma": 0.84, "molecular_glioblastoma": 0.09, "astrocytoma_grade_4": 0.07},
    "LGG": {"astrocytoma": 0.63, "oligodendroglioma": 0.37},
}

# Sources. No enhancement: 20 of 320 glioblastomas by histology and 24 of 32 by genes alone had less than 1 cm³
# (doi 10.1093/neuonc/noaf070); 45 % of low-grade and 23 % of anaplastic astrocytomas, 8 % of glioblastomas, 57 % of
# which had a thick irregular rim (135 tumours, J Korean Radiol Soc 1994;31:377); 79 % of grade 2 and 28 % of grade 3
# (99 tumours, Acta Neurochir 2022;164:2035). T2–FLAIR mismatch: 32 of 121 IDH-mutant and 8 of 2,044 other tumours of
# grade 4 (ReSPOND); 24 % of astrocytomas (PMC7238512); 4 of 43 oligodendrogliomas (Diagn Interv Radiol 2020). That
# signs of grade 4 IDH-mutant tumours lie between: cystic and non-enhancing parts, frontal lobe (ReSPOND). From general
# knowledge, not checked: all other shares, which were set between those of `training.simulation.signs` and even ones.
PREVALENCE = {
    "glioblastoma": Prevalence(
        ring=0.76, patchy=0.18, flair_mismatch=0.01, multifocal=0.20, haemorrhage=0.30,
        calcification=0.04, oedema_dominant=0.62, sharp_margin=0.30, cyst=0.10,
        enhancing_share=(0.02, 0.5), lobes=(0.40, 0.29, 0.14, 0.03, 0.14),
    ),
    "molecular_glioblastoma": Prevalence(
        ring=0.06, patchy=0.19, flair_mismatch=0.01, multifocal=0.20, haemorrhage=0.08,
        calcification=0.04, oedema_dominant=0.25, sharp_margin=0.25, cyst=0.08,
        enhancing_share=(0.005, 0.3), lobes=(0.38, 0.30, 0.15, 0.03, 0.14),
    ),
    "astrocytoma_grade_4": Prevalence(
        ring=0.55, patchy=0.30, flair_mismatch=0.26, multifocal=0.08, haemorrhage=0.15,
        calcification=0.04, oedema_dominant=0.45, sharp_margin=0.40, cyst=0.25,
        enhancing_share=(0.01, 0.5), lobes=(0.55, 0.24, 0.12, 0.02, 0.07),
    ),
    "astrocytoma": Prevalence(
        ring=0.07, patchy=0.41, flair_mismatch=0.24, multifocal=0.06, haemorrhage=0.06,
        calcification=0.05, oedema_dominant=0.16, sharp_margin=0.55, cyst=0.15,
        enhancing_share=(0.002, 0.2), lobes=(0.50, 0.27, 0.12, 0.02, 0.09),
    ),
    "oligodendroglioma": Prevalence(
        ring=0.06, patchy=0.52, flair_mismatch=0.09, multifocal=0.06, haemorrhage=0.09,
        calcification=0.20, oedema_dominant=0.16, sharp_margin=0.52, cyst=0.12,
        enhancing_share=(0.002, 0.2), lobes=(0.58, 0.22, 0.12, 0.02, 0.06),
    ),
}  # fmt: skip

PATIENTS = Population(
    SUBTYPES,
    PREVALENCE,
    whole_ml=(60, 0.8, 8, 230),
    ring_thickness=(0.1, 0.6),
    ring_completeness=(0.5, 1.0),
)
