"""The page but for its widgets: handlers, a visitor's files, and what is said."""
