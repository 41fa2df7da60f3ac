"""Processes: where the computing is done, within limits."""
