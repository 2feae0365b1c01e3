"""Configs that name code: functions and classes that no model is made of, and Lambda layers wherever a loader looks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hostile_models.payloads import Hostile, code, lambda_layer, lambda_object
from model_files import Entry, chained, conv, dense, functional, layer, picture_input, sequential, write_archive, write_hdf5

from xaifake.detector.inspection.vocabulary import words

GADGETS = (
    "os system",
    "posix system",
    "os.path os.system",
    "subprocess Popen",
    "subprocess call",
    "builtins eval",
    "builtins exec",
    "builtins open",
    "builtins getattr",
    "builtins __import__",
    "builtins relu exec",
    "importlib import_module",
    "functools partial",
    "operator methodcaller",
    "operator attrgetter",
    "pickle loads",
    "marshal loads",
    "types FunctionType",
    "ctypes CDLL",
    "runpy run_path",
    "shutil rmtree",
    "copyreg __reduce_ex__",
    "numpy load",
    "numpy.f2py compile",
    "h5py File",
    "keras.utils get_file",
    "keras.utils relu get_file",
    "keras.config enable_unsafe_deserialization",
    "keras.models load_model",
    "keras.saving load_model",
    "keras.saving deserialize_keras_object",
    "keras.layers deserialize",
    "keras.layers get",
    "keras.layers __class__",
    "keras.layers Dense load_model",
    "keras.layers ../../os",
    "keras.src.saving.saving_lib load_model",
    "keras.src.saving.serialization_lib enable_unsafe_deserialization",
    "keras.src.utils.python_utils func_load",
    "keras.src.utils.file_utils extract_archive",
    "keras.src.legacy.saving.saving_utils model_from_config",
    "keras.src.legacy.saving.serialization deserialize_keras_object",
    "keras.src.backend.common.global_state clear_session",
    "keras.src.os system",
    "tf_keras.utils get_file",
    "tf_keras.models load_model",
    "tf_keras.src.utils.generic_utils func_load",
    "tf_keras.src.saving.legacy.saved_model.load load",
    "tensorflow.keras.utils get_file",
    "tensorflow io.write_file",
    "tensorflow.python.ops.gen_io_ops write_file",
    "tensorflow.python.ops.script_ops py_func",
    "Os system",
    "OS.Path system",
    "KERAS.utils get_file",
    "k\u0435ras.layers Dense",
    "keras\u200b.utils get_file",
    "keras.utils\u2024get_file Dense",
)
"""Module, name, and the name it is registered by where that is another; the last ones only look like Keras."""


def gadgets(folder: Path, marker: Path) -> Iterator[Hostile]:
    """Each as a class among the layers and as an activation, for the loader of either Keras."""
    for number, gadget in enumerate(GADGETS):
        module, name, *registered = gadget.split(" ")
        base = {"module": module, "registered_name": registered[0] if registered else name}
        as_layer = {**base, "class_name": name, "config": {"name": "gadget", "args": [str(marker)]}, "inbound_nodes": []}
        as_function = {**base, "class_name": "function", "config": name}
        for where, config in {
            "layer": sequential(as_layer, dense()),
            "activation": sequential(dense(activation=as_function)),
        }.items():
            stem = f"{number:02}_{where}"
            yield Hostile(write_hdf5(folder / f"{stem}.h5", config))
            yield Hostile(write_archive(folder / f"{stem}_2.keras", of_module(config, "tf_keras.src"), version="2.15.0"))
            yield Hostile(write_archive(folder / f"{stem}_3.keras", of_module(config, "keras.src")))


def of_module(model: Entry, root: str) -> Entry:
    """The same model as a ``.keras`` archive names it."""
    return {**model, "module": f"{root}.models", "registered_name": model["class_name"]}


def lambdas(folder: Path, marker: Path) -> Iterator[Hostile]:
    """A Lambda in each place where a loader makes an object of what it finds."""
    for name, config in placed(lambda_layer(marker), marker).items():
        yield Hostile(write_hdf5(folder / f"{name}_2.h5", config))
        yield Hostile(write_archive(folder / f"{name}_2.keras", of_module(config, "tf_keras.src"), version="2.15.0"))
    for name, config in placed(lambda_object(marker), marker).items():
        yield Hostile(write_archive(folder / f"{name}_3.keras", of_module(config, "keras.src")))
        yield Hostile(write_hdf5(folder / f"{name}_3.h5", config, version="3.6.0"))


def placed(evil: Entry, marker: Path) -> dict[str, Entry]:
    """Models that hold the layer, by where they hold it."""
    text = {"class_name": "__lambda__", "config": {"value": code(marker), "code": code(marker)}}
    inside: dict[str, Any] = {
        "plain": evil,
        "time_distributed": layer("TimeDistributed", layer=evil),
        "bidirectional": layer("Bidirectional", layer=evil),
        "backward": layer("Bidirectional", layer=layer("LSTM", units=2), backward_layer=evil),
        "wrapper_of_wrapper": layer("TimeDistributed", layer=layer("TimeDistributed", "inner", layer=evil)),
        "rnn_cell": layer("RNN", cell=evil),
        "stacked_cells": layer("RNN", cell=layer("StackedRNNCells", cells=[evil])),
        "nested_functional": chained(evil, name="inner"),
        "nested_sequential": sequential(evil, name="inner"),
        "norm_inside": layer("SpectralNormalization", layer=conv(), layer_norm=evil),
        "attention": layer("MultiHeadAttention", num_heads=1, key_dim=2, query_dense=evil),
        "initializer": layer("Dense", units=2, kernel_initializer=evil),
        "regularizer": layer("Dense", units=2, kernel_regularizer=text),
        "constraint": layer("Dense", units=2, kernel_constraint=text),
        "activation": layer("Dense", units=2, activation=text),
        "activity_regularizer": layer("Conv2D", filters=2, kernel_size=1, activity_regularizer=evil),
        "dtype_policy": layer("Dense", units=2, dtype=evil),
        "build_config": {**conv(), "build_config": {"input_shape": [None, 8, 8, 3], "extra": evil}},
        "compiled_inside": {**sequential(conv(), name="inner"), "compile_config": {"loss": evil}},
        "optimizer_inside": {
            **sequential(conv(), name="inner"),
            "compile_config": {"optimizer": {"config": evil, "class_name": "Adam"}},
        },
        "metrics_inside": {**sequential(conv(), name="inner"), "compile_config": {"metrics": [[evil]]}},
        "node_arguments": {**conv(), "inbound_nodes": [[["input_1", 0, 0, {"training": text}]]]},
        "node_keywords": {**conv(), "inbound_nodes": [{"args": [evil], "kwargs": {"mask": text}}]},
        "shared": {**evil, "shared_object_id": 1},
        "list_of_lists": layer("Dense", units=2, extra=[[[[{"deep": [evil]}]]]]),
        "feature_space": layer("FeatureSpace", features={"a": {"class_name": "Feature", "config": {"preprocessor": evil}}}),
        "distiller": layer("Distiller", teacher=evil, student=sequential(conv())),
        "pipeline": layer("Pipeline", layers=[evil]),
        "dict_key": {"class_name": "Dense", "config": {"class_name": evil}},
    }
    whole = {name: sequential(entry, dense()) for name, entry in inside.items()}
    deep: Entry = evil
    for depth in range(25):
        deep = sequential(deep, name=f"level_{depth}")
    return {
        **whole,
        "deeply_nested": deep,
        "input_layers": functional([picture_input(), dense()], input_layers=[evil]),
        "output_layers": functional([picture_input(), dense()], output_layers=[["dense", 0, text]]),
        "beside_layers": {**sequential(dense()), "extra": evil},
        "model_itself": evil,
        "after_many_names": sequential(*(layer(f"Custom{n}") for n in range(150)), evil),
    }


def compiled(folder: Path, marker: Path) -> Iterator[Hostile]:
    """Compile settings of the model itself, in HDF5 with an operator, which is rebuilt from its config."""
    operators = layer("TrueDivide", "scale")
    for number, part in enumerate(("loss", "optimizer", "metrics")):
        config = {**sequential(operators, dense()), "compile_config": {part: lambda_object(marker)}}
        yield Hostile(write_hdf5(folder / f"{number}.h5", config, version="3.6.0"))


PROGRAMS = {
    "TFSMLayer": {"filepath": "/etc", "call_endpoint": "serve", "call_training_endpoint": None},
    "TorchModuleWrapper": {
        "module": {"class_name": "__bytes__", "config": {"value": "gASVKAAAAAAAAAA="}},
        "output_shape": None,
    },
    "JaxLayer": {"call_fn": {"class_name": "__lambda__", "config": {"value": "x"}}},
    "FlaxLayer": {"module": {"class_name": "function", "config": "system", "module": "os", "registered_name": "system"}},
    "ClassMethod": {"cls_ref": "tf.io", "method_name": "write_file"},
    "InstanceMethod": {"method_name": "__reduce__"},
    "TFOpLambda": {"function": "io.write_file"},
    "SlicingOpLambda": {"function": "io.gfile.remove"},
    "TensorFlowOpLayer": {"node_def": '{"op": "WriteFile"}', "constants": {}},
}
PATHS = words(
    """
    /etc/passwd words.txt ../../words.txt file:///etc/passwd http://127.0.0.1:9/words https://localhost/words gs://bucket/words
    s3://bucket/words hdfs://host/words /cns/words hf://user/words ram://words \\\\host\\words
    """
)


def programs(folder: Path, marker: Path) -> Iterator[Hostile]:  # noqa: ARG001 - every family takes both
    """Layers that load another program, or call TensorFlow by name."""
    for name, config in PROGRAMS.items():
        yield from _both(folder, name, layer(name, **config))


def vocabularies(folder: Path, marker: Path) -> Iterator[Hostile]:  # noqa: ARG001
    """Vocabularies that are paths or addresses."""
    for number, path in enumerate(sorted(PATHS)):
        for name in ("StringLookup", "IntegerLookup", "TextVectorization"):
            yield from _both(folder, f"{name}_{number}", layer(name, vocabulary=path))
        yield from _both(folder, f"weights_{number}", layer("TextVectorization", idf_weights=path, output_mode="tf_idf"))
        column = {"class_name": "VocabularyFileCategoricalColumn", "config": {"key": "a", "vocabulary_file": path}}
        yield from _both(folder, f"column_{number}", layer("DenseFeatures", feature_columns=[column]))


def _both(folder: Path, name: str, entry: Entry) -> Iterator[Hostile]:
    yield Hostile(write_hdf5(folder / f"{name}.h5", sequential(entry, dense())))
    yield Hostile(write_archive(folder / f"{name}.keras", of_module(sequential(entry, dense()), "keras.src")))
