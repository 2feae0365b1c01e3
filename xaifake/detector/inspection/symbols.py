"""Which TensorFlow operators a model may name: those that compute on tensors, not those that read, write or call back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from xaifake.detector.inspection.layers import NODE_OPERATION
from xaifake.detector.inspection.vocabulary import words

PURE_NAMESPACES = ("math.", "nn.", "image.", "linalg.", "signal.", "__operators__.")
PURE_FUNCTIONS = words(
    """
    abs argmax argmin argsort batch_to_space boolean_mask broadcast_to cast clip_by_norm clip_by_value concat
    convert_to_tensor cos cumsum einsum ensure_shape equal exp expand_dims eye fill floor gather gather_nd greater
    greater_equal identity less less_equal linspace logical_and logical_not logical_or matmul maximum meshgrid minimum
    multiply negative norm not_equal one_hot ones ones_like pad pow range rank realdiv reduce_all reduce_any
    reduce_logsumexp reduce_max reduce_mean reduce_min reduce_prod reduce_sum repeat reshape reverse roll round
    scalar_mul sequence_mask shape sigmoid sign sin size slice sort space_to_batch split sqrt square squeeze stack
    stop_gradient strided_slice subtract tan tanh tensordot tile transpose truediv unstack where zeros zeros_like
    add saturate_cast
    divide keras.backend.mean keras.backend.sum keras.backend.max keras.backend.min keras.backend.abs
    keras.backend.sqrt keras.backend.square keras.backend.exp keras.backend.log keras.backend.sigmoid
    keras.backend.softmax keras.backend.relu keras.backend.tanh keras.backend.clip keras.backend.cast
    keras.backend.concatenate keras.backend.reshape keras.backend.expand_dims keras.backend.squeeze keras.backend.stack
    keras.backend.flatten keras.backend.batch_flatten keras.backend.dot keras.backend.batch_dot
    keras.backend.l2_normalize keras.backend.permute_dimensions keras.backend.repeat_elements
    keras.backend.resize_images keras.backend.std keras.backend.var keras.backend.maximum keras.backend.minimum
    keras.backend.pow keras.backend.epsilon
    """
)
PURE_NODES = words(
    """
    Abs Add AddV2 ArgMax BiasAdd BroadcastTo Cast ConcatV2 Exp ExpandDims Fill Floor GatherV2 Greater Identity Less Log Max
    Maximum Mean Min Minimum Mul Neg OneHot Pack Pad Pow Prod RealDiv Relu Relu6 Reshape ResizeBilinear
    ResizeNearestNeighbor ReverseV2 Rsqrt Shape Sigmoid Slice Softmax Split Sqrt Square SquaredDifference Squeeze
    StridedSlice Sub Sum Tanh Tile Transpose Unpack
    """
)
"""Operators by their names in a graph, as Keras 2.1 to 2.3 kept them."""


def is_pure(class_name: str, config: Mapping[str, Any]) -> bool:
    """Whether the operator that a ``TFOpLambda``, ``SlicingOpLambda`` or ``TensorFlowOpLayer`` names only computes.

    >>> is_pure("TFOpLambda", {"function": "math.truediv"}), is_pure("TFOpLambda", {"function": "io.write_file"})
    (True, False)
    """
    if class_name == "TensorFlowOpLayer":
        found = NODE_OPERATION.search(str(config.get("node_def")))
        return found is not None and found[1] in PURE_NODES
    function = config.get("function")
    if not isinstance(function, str):
        return False
    name = function.removeprefix("compat.v1.")
    return name in PURE_FUNCTIONS or (name.startswith(PURE_NAMESPACES) and name.count(".") == 1)
