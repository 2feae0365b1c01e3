"""Several detectors as one model."""
