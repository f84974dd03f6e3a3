"""This project, as it is deployed."""

from lambda_app.lambda_function import lambda_handler as handler

__all__ = ["handler"]
