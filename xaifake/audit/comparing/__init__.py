"""Several detectors on the same pictures, side by side."""
