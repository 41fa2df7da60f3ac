"""The tab that compares models on one study."""
