"""Promises of explainers, and the models that they are tried on."""
