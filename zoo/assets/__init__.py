"""Data that comes with the zoo: example studies, reference brains, the leaderboard."""
