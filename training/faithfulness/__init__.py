"""How far explanations can be believed, on simulated studies, whose lesions are known."""
