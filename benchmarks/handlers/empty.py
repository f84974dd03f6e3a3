"""The handler that does nothing: what the runtime itself costs."""


def handler(event, context):
    """An answer without content."""
    return {"statusCode": 200, "body": "{}"}
