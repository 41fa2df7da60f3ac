"""Inference: one study, one model, its grade and its explanation."""
