"""Independent, resumable pieces of work, and files that are whole at any moment."""
