"""A body → samples in column order, or every problem at once."""
