"""Weights files: fitted, calibrated, measured, described."""
