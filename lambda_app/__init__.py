"""A small scikit-learn model behind an API on AWS Lambda, served by Python's standard library alone."""
