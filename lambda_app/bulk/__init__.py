"""Millions of rows: CSV or JSON Lines in, predictions and rejects out."""
