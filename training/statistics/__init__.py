"""The statistics of an evaluation: measures, their intervals, comparisons of models, and what the hospitals tell.

All in NumPy on plain arrays: y int64 [N] is 0 for LGG and 1 for HGG, scores are float64 [N], higher for HGG. What is
not defined (an AUC without LGG, say) is None, never NaN: everything here ends up in a JSON file.
"""
