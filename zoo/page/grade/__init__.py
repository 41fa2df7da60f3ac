"""The tab that grades by one model."""
