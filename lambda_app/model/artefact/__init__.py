"""The artefact: its fields, what each may hold, and its digest."""
