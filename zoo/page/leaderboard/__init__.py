"""The page's Zoo tab: how the models stand, in a table and in plots, and the card of each."""
