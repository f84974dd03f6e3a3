"""Millions of rows: CSV or JSON Lines in, predictions and rejects out. Nothing here is imported by the API's handler."""
