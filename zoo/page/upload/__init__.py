"""What the visitor gives: files, and which of them is which modality."""
