"""The form that adds a model, and the widgets that show it then."""
