"""Rows of a file: found in bytes, read as CSV or JSON Lines, and made samples. Knows no storage and no AWS."""
