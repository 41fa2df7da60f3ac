"""Raw series, and the way to a study that can be graded: registered, stripped of the skull, on one grid."""
