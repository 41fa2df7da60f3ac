"""Tumour regions as a label map on the study's grid, and what is measured of them: functions of arrays, no model."""
