"""Commands for the training machine: train, compare, publish. Their doors stand in `lambda_app/model/`."""
