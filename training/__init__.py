"""Training, offline only: data sets, evaluation and export. The function on Lambda never imports this package."""
