"""From a scanner's series to a study that can be graded: registered, stripped of the skull, on one grid."""
