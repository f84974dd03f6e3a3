"""The steps of the state machine. S3 is spoken to here, and nowhere else in bulk."""
