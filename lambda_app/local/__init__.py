"""The API on this machine."""
