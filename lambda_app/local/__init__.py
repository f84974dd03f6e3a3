"""`python -m lambda_app`: the API on this machine. Not part of what a request passes."""
