"""The tumour's regions, which follow a grade: a table, and an overlay in the viewers."""
