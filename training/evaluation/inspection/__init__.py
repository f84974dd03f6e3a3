"""What a careful reader wants to know beyond the figures of merit. It stands in the card alone, not in the artefact."""
