"""One figure a file: what is measured, with its interval, from labels and predictions alone."""
