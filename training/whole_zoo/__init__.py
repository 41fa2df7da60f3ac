"""All embedded weights and their leaderboard, from nothing, by one command that can be stopped and repeated."""
