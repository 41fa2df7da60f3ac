"""What a reviewer reads of a results file: figures, tables, plots, and signs that something is not as it seems."""
