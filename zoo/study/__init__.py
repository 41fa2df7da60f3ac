"""A study: from files to volumes to a model's input, and back to files."""
