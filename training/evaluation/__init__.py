"""Models trained and asked on every split of a cohort, or given weights on a whole one, into one results file."""
