"""One file a kind of model, each registered by one line."""
