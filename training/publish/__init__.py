"""To the Hugging Face Hub: models with their cards and figures, an index of all of them, and the page as a Space."""
