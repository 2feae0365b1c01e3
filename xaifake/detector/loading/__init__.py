"""From a model file, or a model in memory, to a detector."""

from xaifake.detector.loading.detectors import inspect_detector, load_detector, load_inspected, wrap_model
from xaifake.detector.loading.files import load_model_of

__all__ = ["inspect_detector", "load_detector", "load_inspected", "load_model_of", "wrap_model"]
