"""From a results file to what a reviewer reads: figures, tables, plots, and signs that something is not as it seems."""
