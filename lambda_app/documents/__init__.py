"""What describes the API: GET /model, the OpenAPI document, the page in the browser."""
