"""AWS's event and response shapes. No file outside this folder knows their keys."""
