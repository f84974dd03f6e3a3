"""What a team might write instead, each as small as it can honestly be. All answer the same API Gateway event.

Every module has `handler(event, context)`; only this project's and those with pydantic check what comes in.
"""
