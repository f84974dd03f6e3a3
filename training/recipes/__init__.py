"""What is fitted, how often, and fitting itself."""
