"""Weights: where a model's come from, what their file says, and how they are loaded."""
