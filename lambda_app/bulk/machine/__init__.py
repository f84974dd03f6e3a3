"""The steps of the state machine: plan ranges, score each, finish. S3 is spoken to here, and nowhere else in bulk."""
