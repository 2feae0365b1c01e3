"""Runtimes: what computes a detector's forward passes. TensorFlow always can; ONNX Runtime is often two times as fast.

    Runtimes (answering.py)          which runtime answers for one model
    ├── TensorFlowRuntime            score, tap of any layer, gradient: from the model itself, loaded when first asked
    └── OnnxRuntime                  score, and the usual tap where its gradient can be converted: from kept bytes alone

A model is converted when so much is asked of it that this pays (`Runtimes.prepare`). The conversion is used only if its
logits equal TensorFlow's and its batches are faster, and the choice is kept (`kept.py`): later runs score by the same one.

ONNX Runtime from 1.31 on tells its makers of each session, over the network, and numbers the machine in the user's cache
folder. Here it does not: what is examined, and on whose machine, is nobody's business.
"""

import os

from xaifake.detector.runtimes.answering import Runtimes, Unloaded
from xaifake.detector.runtimes.protocol import Answering

__all__ = ["Answering", "Runtimes", "Unloaded"]

os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # read when its library is first imported, by the converter or by us
