"""From a fitted scikit-learn model to the artefact: `export_model`, the door of this room."""

from training.export.door import export_model

__all__ = ["export_model"]
