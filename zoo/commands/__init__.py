"""The command line `glioma-zoo`, a file for each subject; `python -m zoo` in a checkout."""
