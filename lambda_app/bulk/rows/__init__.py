"""Rows of a file → samples. Knows no storage and no AWS."""
