"""The way from raw series to a grade, measured on simulated patients, of whom the truth is known.

Reads as: `measure_patient` (one patient's series, and one that is wrong) → `figures` (what many of them say).
"""
