"""AWS's event and response shapes, read and written. No file outside this folder knows their keys."""
