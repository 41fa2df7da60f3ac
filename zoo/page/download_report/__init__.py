"""The report's button and files."""
