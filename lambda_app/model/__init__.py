"""The trained model: where it comes from, and the arithmetic of a prediction."""
