"""HTML and pictures of what was found, for the page and the report alike."""
