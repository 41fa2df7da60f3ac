"""Training and evaluation: from a folder of studies to weights that the registry can use."""
