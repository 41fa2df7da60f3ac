"""Publishing to the Hugging Face Hub: models with cards and figures, an index of all, and the page as a Space."""
