"""Data: prepared cohorts, their folds, and batches of their studies."""
