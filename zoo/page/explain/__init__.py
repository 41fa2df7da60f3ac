"""The part below the grade that explains it."""
