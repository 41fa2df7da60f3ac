"""The whole command line of `python -m training`, a file for each subject."""
