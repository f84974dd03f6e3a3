"""The trained model: its file, where the file comes from, and the arithmetic of a prediction."""
