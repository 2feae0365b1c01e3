"""The names that either Keras gives its own classes and functions: what is not here is somebody else's.

HDF5 files name a class without its module, so the name is all there is to go by. Read off Keras 3.15 and tf_keras 2.21, with
the names of older versions that still load; a test compares both lists with the Keras installed.
"""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    """The words of a text, once each."""
    return frozenset(text.split())


LAYERS = words(
    """
    AbstractRNNCell Activation ActivityRegularization AdaptiveAveragePooling1D AdaptiveAveragePooling2D
    AdaptiveAveragePooling3D AdaptiveMaxPooling1D AdaptiveMaxPooling2D AdaptiveMaxPooling3D Add AdditiveAttention
    AddLoss AddMetric AlphaDropout Attention AugMix AutoContrast Average AveragePooling1D AveragePooling2D
    AveragePooling3D AvgPool1D AvgPool2D AvgPool3D BatchNormalization Bidirectional CategoricalEncoding
    CategoryCrossing CategoryEncoding CenterCrop ClassMethod Concatenate ContrastLimitedAdaptiveHistogramEqualization
    Conv1D Conv1DTranspose Conv2D Conv2DTranspose Conv3D Conv3DTranspose ConvLSTM1D ConvLSTM2D ConvLSTM3D ConvLSTMCell
    Convolution1D Convolution1DTranspose Convolution2D Convolution2DTranspose Convolution3D Convolution3DTranspose
    Cropping1D Cropping2D Cropping3D CuDNNGRU CuDNNLSTM CustomScaleLayer CutMix Dense DenseFeatures DepthwiseConv1D
    DepthwiseConv2D DeviceWrapper Discretization Distiller Dot Dropout DropoutWrapper EinsumDense ELU Embedding
    Equalization FeatureSpace Flatten FlaxLayer Functional GaussianDropout GaussianNoise GlobalAveragePooling1D
    GlobalAveragePooling2D GlobalAveragePooling3D GlobalAvgPool1D GlobalAvgPool2D GlobalAvgPool3D GlobalMaxPool1D
    GlobalMaxPool2D GlobalMaxPool3D GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D GroupedQueryAttention
    GroupNormalization GroupQueryAttention GRU GRUCell HashedCrossing Hashing Identity IndexLookup InputLayer
    InstanceMethod InstanceProperty IntegerLookup JaxLayer Lambda Layer LayerNormalization LayerScale LeakyReLU
    LinearModel LocallyConnected1D LocallyConnected2D LSTM LSTMCell Masking Maximum MaxNumBoundingBoxes MaxPool1D
    MaxPool2D MaxPool3D MaxPooling1D MaxPooling2D MaxPooling3D MelSpectrogram Minimum MixUp Model ModuleWrapper
    MultiHeadAttention Multiply Normalization Permute Pipeline PReLU PreprocessingLayer RandAugment RandomBrightness
    RandomColorDegeneration RandomColorJitter RandomContrast RandomCrop RandomElasticTransform RandomErasing RandomFlip
    RandomFourierFeatures RandomGaussianBlur RandomGrayscale RandomHeight RandomHue RandomInvert RandomPerspective
    RandomPosterization RandomRotation RandomSaturation RandomSharpness RandomShear RandomTranslation RandomWidth
    RandomZoom ReloadedLayer ReLU RepeatVector Rescaling Reshape ResidualWrapper Resizing ReversibleEmbedding
    RMSNormalization RNN SeparableConv1D SeparableConv2D SeparableConvolution1D SeparableConvolution2D SequenceFeatures
    Sequential SharpnessAwareMinimization SimpleRNN SimpleRNNCell SlicingOpLambda Softmax Solarization SpatialDropout1D
    SpatialDropout2D SpatialDropout3D SpectralNormalization StackedRNNCells STFTSpectrogram StochasticDepth
    StringLookup Subtract SyncBatchNormalization TensorFlowOpLayer TextVectorization TFOpLambda TFSMLayer
    ThresholdedReLU TimeDistributed TorchModuleWrapper UnitNormalization UpSampling1D UpSampling2D UpSampling3D
    WideDeepModel Wrapper ZeroPadding1D ZeroPadding2D ZeroPadding3D
    """
)
"""Layers, models and wrappers, their aliases, and those that Keras 2 makes of TensorFlow operators."""

PARTS = words(
    """
    AbsMaxQuantizer AWQConfig AWQDTypePolicy constant Constant Constraint DTypePolicy DTypePolicyMap
    Float8QuantizationConfig FloatDTypePolicy glorot_normal glorot_uniform GlorotNormal GlorotUniform GPTQConfig
    GPTQDTypePolicy he_normal he_uniform HeNormal HeUniform identity IdentityInitializer Initializer Int4DTypePolicy
    Int4QuantizationConfig Int8QuantizationConfig L1 l1 l1_l2 L1L2 L2 l2 lecun_normal lecun_uniform LecunNormal
    LecunUniform max_norm MaxNorm min_max_norm MinMaxNorm non_neg NonNeg ones Ones Orthogonal orthogonal
    orthogonal_regularizer OrthogonalInitializer OrthogonalRegularizer Policy PolicyV1 PolicyV2 QuantizationConfig
    QuantizedDTypePolicy QuantizedFloat8DTypePolicy Quantizer radial_constraint RadialConstraint random_normal
    random_uniform RandomNormal RandomUniform Regularizer SeedGenerator STFT stft STFTInitializer truncated_normal
    TruncatedNormal unit_norm UnitNorm variance_scaling VarianceScaling Zeros zeros
    """
)
"""What layers are made of: initialisers, regularisers, constraints, policies, quantisers, and legacy aliases."""

TRAINING = words(
    """
    Accuracy Adadelta Adafactor Adagrad Adam Adamax AdamW AUC BinaryAccuracy BinaryCrossentropy BinaryFocalCrossentropy
    BinaryIoU CategoricalAccuracy CategoricalCrossentropy CategoricalFocalCrossentropy
    CategoricalGeneralizedCrossEntropy CategoricalHinge Circle ConcordanceCorrelation CosineSimilarity CTC Dice F1Score
    FalseNegatives FalsePositives FBetaScore Ftrl Hinge Huber IoU KLDivergence Lamb Lion LogCosh LogCoshError Loss
    LossScaleOptimizer Mean MeanAbsoluteError MeanAbsolutePercentageError MeanIoU MeanMetricWrapper MeanRelativeError
    MeanSquaredError MeanSquaredLogarithmicError MeanTensor Metric MultiOptimizer Muon Nadam OneHotIoU OneHotMeanIoU
    Optimizer OptimizerMap PearsonCorrelation Poisson Precision PrecisionAtRecall R2Score Recall RecallAtPrecision
    Reduction RMSprop RootMeanSquaredError ScheduleFreeAdamW SensitivityAtSpecificity SGD SparseCategoricalAccuracy
    SparseCategoricalCrossentropy SparseTopKCategoricalAccuracy SpecificityAtSensitivity SquaredHinge Sum
    TopKCategoricalAccuracy TrueNegatives TruePositives Tversky
    """
)
"""Losses, metrics and optimisers, which a nested model may have been compiled with."""

FUNCTIONS = words(
    """
    celu crelu elu exponential gelu glu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh leaky_relu linear
    log_sigmoid log_softmax mish relu relu6 selu sigmoid silu soft_shrink softmax softplus softsign sparse_plus
    sparse_sigmoid sparsemax squareplus swish tanh tanh_shrink threshold thresholded_relu
    """
)
"""Activations by name."""

OPERATORS = words(
    """
    Abs Absolute AdaptiveAveragePool AdaptiveMaxPool Add AffineTransform All AllClose Amax Amin Angle Any Append Arange
    Arccos Arccosh Arcsin Arcsinh Arctan Arctan2 Arctanh Argmax Argmin Argpartition Argsort Array ArraySplit
    AssociativeScan Average AveragePool BatchNorm BinaryCrossentropy Bincount BitwiseAnd BitwiseInvert BitwiseLeftShift
    BitwiseNot BitwiseOr BitwiseRightShift BitwiseXor BroadcastTo Cast CategoricalCrossentropy Cbrt CDist Ceil Celu
    Cholesky CholeskyInverse Clip Concatenate Cond Conj Conjugate Conv ConvertToTensor ConvTranspose Copy Corrcoef
    Correlate Cos Cosh CountNonzero CropImages Cross CTCDecode CTCLoss Cumprod Cumsum Deg2rad DepthToSpace
    DepthwiseConv Det Diag Diagflat Diagonal Diff Digitize Divide DivideNoNan Dot DotProductAttention Dsplit Dstack Eig
    Eigh Einsum ElasticTransform Elu EmptyLike Equal Erf Erfc Erfinv Exp Exp2 ExpandDims Expm1 ExtractPatches
    ExtractSequences Fabs FFT FFT2 Flip Fliplr Flipud Floor FloorDivide Fmax Fmin Fmod Fold ForiLoop Full FullLike
    GaussianBlur Gcd Gelu Geomspace GetItem Glu Greater GreaterEqual HardShrink HardSigmoid HardSilu HardTanh Heaviside
    Histogram Hsplit Hstack HSVToRGB Hypot I0 IFFT2 Imag Inner InTopK Inv IRFFT Isclose Isfinite IsIn Isinf Isnan
    Isneginf Isposinf Isreal ISTFT JVP Kron LayerNorm Lcm Ldexp LeakyRelu LeftShift Less LessEqual Linspace Log Log10
    Log1p Log2 Logaddexp Logaddexp2 Logdet LogicalAnd LogicalNot LogicalOr LogicalXor LogSigmoid LogSoftmax Logspace
    Logsumexp Lstsq LuFactor Map MapCoordinates Matmul MatrixRank Max Maximum MaxPool Mean Median Meshgrid Min Minimum
    Mod Moments Moveaxis MultiHot Multiply Nanargmax Nanargmin Nancumprod Nancumsum Nanmax Nanmean Nanmedian Nanmin
    Nanpercentile Nanprod Nanquantile Nanstd Nansum NanToNum Nanvar Ndim Negative Nextafter Nonzero Norm Normalize
    NotEqual OneHot OnesLike Outer Pad PadImages Percentile PerspectiveTransform Pinv Polar Power Prod PSNR Ptp Qr
    Quantile Rad2deg Ravel Real Rearrange Reciprocal Relu Relu6 Repeat Reshape Resize RFFT RGBToGrayscale RGBToHSV
    RightShift RMSNorm Roll Rot90 Round Rsqrt SaturateCast ScaleAndTranslate Scan Scatter ScatterUpdate SearchSorted
    SegmentMax SegmentMin SegmentProd SegmentReduction SegmentSum Select Selu SeparableConv Sigmoid Sign Signbit Silu
    Sin Sinc Sinh Size Slice SliceUpdate Slogdet SobelEdges Softmax Softplus SoftShrink Softsign Solve SolveTriangular
    Sort SpaceToDepth SparseCategoricalCrossentropy Sparsemax SparsePlus SparseSigmoid Split Sqrt Square Squareplus
    Squeeze SSIM Stack Std STFT StopGradient Subtract Sum SVD Swapaxes Switch Take TakeAlongAxis Tan Tanh TanhShrink
    Tensordot Threshold Tile TopK Trace Transpose Trapezoid Tril Triu TrueDivide Trunc Unfold Unique UnravelIndex
    Unstack Vander Var Vdot VectorizedMap View ViewAsComplex ViewAsReal Vsplit Vstack Where WhileLoop ZerosLike
    """
)
"""Classes of `keras.ops` that Keras 3 puts between layers for ``x / 255`` and the like."""

OWN_WORDS = words(
    "function __tensor__ __numpy__ __bytes__ __ellipsis__ __slice__ __tuple__ __keras_tensor__ __typespec__ __lambda__ "
    "TensorShape TypeSpec CompositeTensor"
)
"""What stands in the place of a class name for values that are no objects of Keras."""

KNOWN = LAYERS | PARTS | TRAINING | FUNCTIONS | OPERATORS | OWN_WORDS
"""All of them."""
