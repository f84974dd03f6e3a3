"""How good a model is, judged on rows that it never saw."""
