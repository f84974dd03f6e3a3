"""The artefact `model_parameters.json`: its fields, what each may hold, and its digest."""
