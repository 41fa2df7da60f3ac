"""Models from the Hugging Face Hub: pinned to a commit, checked, and never executed or unpickled."""
