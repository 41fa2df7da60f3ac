"""What the page is made of, but for its widgets: which file is which, a visitor's files, and what is said."""
