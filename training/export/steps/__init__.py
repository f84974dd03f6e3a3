"""The steps in front of a model, taken apart by column."""
