"""What a model file says of itself, read without TensorFlow and without running anything in it."""

from xaifake.detector.inspection.models import inspect_config, inspect_model
from xaifake.detector.inspection.record import Inspection

__all__ = ["Inspection", "inspect_config", "inspect_model"]
