"""`make bench`: what each step of grading takes, in an earlier commit and now."""
