"""Which operators the graph of a SavedModel may hold without the user's word: those that compute on tensors, by name.

What real files hold, of Keras 2 (``save``, ``export``) and Keras 3 (``export``), plain and on MobileNetV2, EfficientNet,
Xception, ResNet, VGG, DenseNet and their like, and such relatives of these as compute in the same way. What is not here
needs ``--allow-unsafe``: above all whatever reads or writes files, prints, reaches the network, calls Python, loads
tables, reads data sets, compiles by XLA, decodes pictures, or loops, which may never end.
"""

from __future__ import annotations

from xaifake.detector.inspection.vocabulary import words

PLUMBING = words("Const Identity IdentityN NoOp Placeholder PlaceholderWithDefault PartitionedCall StatefulPartitionedCall")
"""They pass tensors on, or call functions, which are judged themselves. They, and no others, may call by name."""

VARIABLES = words(
    """
    AssignAddVariableOp AssignSubVariableOp AssignVariableOp DisableCopyOnRead ReadVariableOp VarHandleOp
    VarIsInitializedOp
    """
)
"""Weights live in memory; what a graph writes into its own changes no file. Functions for training, which most files hold
too, do so; `FrozenGraph` refuses a serving function that does."""

ELEMENTWISE = words(
    """
    Abs Acos Acosh Add AddN AddV2 Asin Asinh Atan Atan2 Atanh BiasAdd BiasAddV1 BitwiseAnd BitwiseOr BitwiseXor Bitcast Cast
    Ceil ClipByValue Complex ComplexAbs Conj Cos Cosh Digamma Div DivNoNan Elu Equal Erf Erfc Erfinv Exp Expm1 Floor
    FloorDiv FloorMod Greater GreaterEqual Imag Inv Invert IsFinite IsInf IsNan LeakyRelu LeftShift Less LessEqual Lgamma
    Log Log1p LogicalAnd LogicalNot LogicalOr Maximum Minimum Mod Mul MulNoNan Neg NextAfter NotEqual Pow Real RealDiv
    Reciprocal Relu Relu6 RightShift Rint Round Rsqrt Select SelectV2 Selu Sigmoid Sign Sin Sinh Softplus Softsign Sqrt
    Square SquaredDifference Sub Tan Tanh TruncateDiv TruncateMod Xdivy Xlogy ZerosLike OnesLike StopGradient PreventGradient
    """
)
REDUCTIONS = words(
    """
    All Any ArgMax ArgMin BatchMatMul BatchMatMulV2 BatchMatMulV3 Bincount Cumprod Cumsum Einsum EuclideanNorm L2Loss
    LogSoftmax MatMul Max Mean Min Prod Softmax Sum TopK TopKV2
    """
)
LAYERS = words(
    """
    AvgPool AvgPool3D Conv2D Conv2DBackpropInput Conv3D Conv3DBackpropInputV2 DepthwiseConv2dNative Dilation2D
    FusedBatchNorm FusedBatchNormV2 FusedBatchNormV3 LRN MaxPool MaxPool3D MaxPoolV2
    """
)
IMAGES = words(
    """
    AdjustContrastv2 AdjustHue AdjustSaturation CropAndResize HSVToRGB ImageProjectiveTransformV2 ImageProjectiveTransformV3
    RGBToHSV ResizeArea ResizeBicubic ResizeBilinear ResizeNearestNeighbor ScaleAndTranslate ExtractImagePatches
    """
)
FREQUENCIES = words("FFT FFT2D IFFT IFFT2D IRFFT IRFFT2D RFFT RFFT2D")
SHAPES = words(
    """
    BatchToSpaceND BroadcastArgs BroadcastTo Concat ConcatV2 DepthToSpace Diag DiagPart DynamicStitch EnsureShape ExpandDims
    Fill Gather GatherNd GatherV2 LinSpace MatrixBandPart MatrixDiagV3 MirrorPad OneHot Pack Pad PadV2 Range Rank Reshape
    ReverseV2 Roll ScatterNd Shape ShapeN Size Slice SpaceToBatchND SpaceToDepth Split SplitV Squeeze StridedSlice
    TensorScatterUpdate Tile Transpose Unpack Where
    """
)
RANDOM = words(
    """
    Multinomial RandomShuffle RandomStandardNormal RandomUniform RandomUniformInt RngReadAndSkip RngSkip
    StatelessRandomGetAlg StatelessRandomGetKeyCounter StatelessRandomNormalV2 StatelessRandomUniform
    StatelessRandomUniformFullIntV2 StatelessRandomUniformIntV2 StatelessRandomUniformV2 StatelessTruncatedNormalV2
    TruncatedNormal
    """
)
"""Dropout and augmentation of the functions for training; `FrozenGraph` refuses a serving function with them."""

COMPUTING = PLUMBING | VARIABLES | ELEMENTWISE | REDUCTIONS | LAYERS | IMAGES | FREQUENCIES | SHAPES | RANDOM
"""All of them."""

SAVING = words("MergeV2Checkpoints RestoreV2 SaveV2 ShardedFilename StaticRegexFullMatch StringJoin")
"""What `tf.saved_model.save` adds to every file for saving it again: only where nothing that is run can call it."""
