"""What in a config would run code or reach files when it is loaded, and which names must come with the model."""

from __future__ import annotations

import base64
import json
import marshal
import re
from pathlib import Path
from typing import Any

import pytest
from model_files import (
    Entry,
    chained,
    conv,
    dense,
    layer,
    operator,
    sequential,
    small_model,
    tf_operator,
    write_archive,
    write_hdf5,
)

from xaifake.detector.inspection import Inspection, inspect_model
from xaifake.errors import ModelFileError

CODE = base64.b64encode(marshal.dumps(compile("lambda x: __import__('os').system('id')", "", "eval"))).decode()


def inspected(config: Any, folder: Path) -> Inspection:
    """The inspection of a Keras 2 HDF5 file with this config."""
    return inspect_model(write_hdf5(folder / "model.h5", config))


def entry(class_name: str, module: str | None = None, registered: str | None = None, config: Any = None) -> Entry:
    """An object of a config as Keras has written it since 2.12."""
    return {"module": module, "class_name": class_name, "config": config or {}, "registered_name": registered}


def function(name: str, module: str | None = "builtins") -> Entry:
    return entry("function", module, "function", name)


LAMBDA = layer("Lambda", "scale", function=[CODE, None, None], function_type="lambda")
HOSTILE: dict[str, tuple[Entry, str, str]] = {
    "Lambda": (LAMBDA, "lambda", "Lambda at scale holds Python code"),
    "Lambda in a nested model": (sequential(LAMBDA, name="inner"), "lambda", "at inner/scale"),
    "Lambda in a wrapper": (layer("TimeDistributed", "each", layer=LAMBDA), "lambda", "at each/scale"),
    "Lambda in both directions": (
        layer("Bidirectional", "two", layer=dense(), backward_layer=LAMBDA),
        "lambda",
        "two/scale",
    ),
    "Lambda named as a function": (dense(activation=function("Lambda", "keras.layers")), "lambda", "Lambda at dense"),
    "a lambda as activation": (
        dense(activation=entry("__lambda__", config={"value": [CODE]})),
        "lambda",
        "holds Python code",
    ),
    "a lambda in a nested compile config": (
        conv() | {"compile_config": {"loss": entry("__lambda__", config={"value": [CODE]})}},
        "lambda",
        "holds Python code",
    ),
    "code in a custom layer": (layer("Gate", function=[CODE, None, None]), "code", "compiled Python code"),
    "a pickle in a custom layer": (
        layer("Gate", state="gASVKAAAAAAAAACMBXBvc2l4lIwGc3lzdGVtlJOUjAJpZJSFlFKULg=="),
        "code",
        "pickle",
    ),
    "TFSMLayer": (layer("TFSMLayer", filepath="evil"), "program", "loads another SavedModel"),
    "TorchModuleWrapper": (layer("TorchModuleWrapper", module="gASV"), "program", "pickled PyTorch"),
    "an operator that writes": (tf_operator("io.write_file", "w", "input_1"), "operator", "TensorFlow's io.write_file"),
    "an operator that calls back": (tf_operator("py_function", "w", "input_1"), "operator", "py_function"),
    "an operator in disguise": (tf_operator("math.x.io.write_file", "w", "input_1"), "operator", "only compute"),
    "an old operator that reads": (
        layer("TensorFlowOpLayer", "r", node_def='{"op": "ReadFile"}'),
        "operator",
        "only compute",
    ),
    "an operator without a name": (layer("TFOpLambda", "n", function=["io"]), "operator", "only compute"),
    "a vocabulary file": (
        layer("StringLookup", "words", vocabulary="/etc/passwd"),
        "vocabulary",
        "reads a file .*/etc/passwd",
    ),
    "a vocabulary from the net": (layer("TextVectorization", "t", vocabulary="http://a/b"), "vocabulary", "http://a/b"),
    "a function that downloads": (dense(activation=function("get_file", "keras.utils")), "gadget", "keras.utils.get_file"),
    "a class that downloads": (
        entry("get_file", "tf_keras.utils", config={"origin": "http://a"}),
        "gadget",
        "tf_keras.utils",
    ),
    "a function that loads": (dense(activation=function("load_model", "keras.models")), "gadget", "keras.models.load_model"),
    "the switch of safe mode": (
        entry("enable_unsafe_deserialization", "keras.config"),
        "gadget",
        "keras.config.enable_unsafe_deserialization",
    ),
    "a module within Keras": (entry("os.system", "keras.src.saving.saving_lib"), "gadget", "os.system"),
    "a private name of Keras": (entry("_system", "keras.layers"), "gadget", "keras.layers._system"),
    "Python's own functions": (dense(activation=function("open")), "gadget", "builtins.open"),
    "Python's own modules": (dense(activation=function("system", "os")), "module", "os.system"),
    "a module to import": (
        layer("Gate") | {"module": "evil", "registered_name": None},
        "module",
        "evil.Gate .*would import",
    ),
    "a Keras name in another module": (entry("Dense", "evil"), "module", "evil.Dense"),
    "a type in another module": (
        {"class_name": "__typespec__", "spec_name": "Popen", "module": "subprocess", "config": [], "registered_name": None},
        "module",
        "subprocess.Popen",
    ),
    "an initialiser": (dense(kernel_initializer=entry("run", "subprocess", "run")), "module", "subprocess.run"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_config_is_reported(name: str, tmp_path: Path) -> None:
    """Each way to run code or reach a file is found wherever it stands, and said in one sentence with its place."""
    hostile, kind, words = HOSTILE[name]
    risks = inspected(sequential(conv(), hostile), tmp_path).risks
    assert kind in {risk.kind for risk in risks}
    assert any(re.search(words, risk.sentence) for risk in risks), risks


@pytest.mark.parametrize("container", [write_hdf5, write_archive])
def test_both_containers_are_walked(container: Any, tmp_path: Path) -> None:
    """A Lambda is found in HDF5 as in a ``.keras`` archive."""
    inspection = inspect_model(container(tmp_path / "model", sequential(LAMBDA)))
    assert "lambda" in {risk.kind for risk in inspection.risks}


HARMLESS: dict[str, Entry] = {
    "Keras 2 operators": tf_operator("nn.bias_add", "b", "input_1", bias=[1.0]),
    "Keras 2 slices": layer("SlicingOpLambda", function="__operators__.getitem"),
    "Keras 1 operators": tf_operator("compat.v1.nn.softmax", "s", "input_1"),
    "Keras 3 operators": operator("TrueDivide", "d", "input_1", 255.0),
    "parts with modules": dense(
        activation=function("swish"),
        kernel_initializer=entry("GlorotUniform", "keras.initializers"),
        kernel_regularizer=entry("L2", "keras.regularizers", config={"l2": 0.1}),
        dtype=entry("DTypePolicy", "keras", config={"name": "float32"}),
    ),
    "parts without modules": dense(kernel_initializer={"class_name": "VarianceScaling", "config": {"scale": 1.0}}),
    "a policy of Keras 2": dense(dtype=entry("Policy", "keras.mixed_precision", config={"name": "mixed_float16"})),
    "a layer of a newer Keras": entry("HolographicPooling", "keras.layers", config={"name": "h"}),
    "a model's own class": entry("Functional", "keras.src.models.functional", "Functional"),
    "a vocabulary inside": layer("StringLookup", vocabulary=["real", "fake"]),
    "a layer as activation": dense(activation="LeakyReLU"),
    "an ellipsis": layer("SlicingOpLambda", function="__operators__.getitem", slice_spec=[{"class_name": "__ellipsis__"}]),
}


@pytest.mark.parametrize("name", HARMLESS)
def test_harmless_config_has_no_risk_and_needs_nothing(name: str, tmp_path: Path) -> None:
    """What Keras itself writes is neither risky nor custom."""
    inspection = inspected(sequential(HARMLESS[name]), tmp_path)
    assert (inspection.risks, inspection.custom) == ((), ())


CUSTOM: dict[str, tuple[Entry, str]] = {
    "a class": (layer("Gate"), "Gate"),
    "a registered class": (layer("mine>Gate"), "mine>Gate"),
    "a class of a script": (layer("Gate") | {"module": None, "registered_name": "Gate"}, "Gate"),
    "a registered class of a module": (layer("Gate") | {"module": "mine", "registered_name": "mine>Gate"}, "mine>Gate"),
    "a class named like one of Keras'": (
        layer("Attention") | {"module": "mine", "registered_name": "m>Attention"},
        "m>Attention",
    ),
    "an activation by name": (dense(activation="sharpen"), "sharpen"),
    "an activation as a function": (dense(activation=function("sharpen")), "sharpen"),
    "an initialiser": (dense(kernel_initializer=entry("Orthonormal", None, "Orthonormal")), "Orthonormal"),
    "in a nested model": (chained(layer("Gate"), name="inner"), "Gate"),
}


@pytest.mark.parametrize("name", CUSTOM)
def test_custom_objects_are_named_as_loaders_look_them_up(name: str, tmp_path: Path) -> None:
    """What is no Keras' own is listed once, and is no risk: it only loads where the user gives it."""
    config, expected = CUSTOM[name]
    inspection = inspected(sequential(config, config), tmp_path)
    assert ((expected,), ()) == (inspection.custom, inspection.risks)


def test_compile_config_of_the_model_itself_is_left_out(tmp_path: Path) -> None:
    """Loss and metrics are never read, since loading never compiles: a custom loss is neither custom nor risky."""
    config = {**small_model(), "compile_config": {"loss": entry("__lambda__", config={"value": [CODE]})}}
    inspection = inspect_model(write_archive(tmp_path / "model.keras", config))
    assert (inspection.risks, inspection.custom) == ((), ())


def test_names_cannot_steer_a_terminal(tmp_path: Path) -> None:
    """Escapes and lone surrogates in names are shown, not sent; names of any length are cut."""
    text = json.dumps(sequential(layer("Lambda", "\x1b[2J" + "x" * 9999), layer("\ud800Gate"), conv(name="\n")))
    inspection = inspected(text, tmp_path)
    shown = [risk.sentence + risk.where for risk in inspection.risks] + list(inspection.custom)
    assert all(line.isprintable() and len(line) < 500 for line in shown)
    assert list(inspection.custom) == ["\\ud800Gate"]


def test_risks_are_counted_only_so_far(tmp_path: Path) -> None:
    """A config of two thousand Lambdas gives a hundred risks."""
    assert len(inspected(sequential(*[layer("Lambda")] * 2_000), tmp_path).risks) == 100


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"config":' * 5000 + "1" + "}" * 5000, "must be JSON"),
        ("[" * 100_000, "must be JSON"),
        ("[1, 2]", "must be a JSON object"),
        ('{"a": ' + "9" * 10_000 + "}", "must be JSON"),
        ('{"class_name": ', "must be JSON"),
        ('{"class_name": "Lambda", "class_name": "Sequential"}', "each key once"),
        ('{"a": [' + "[]," * 300_000 + "1]}", "more values than any model"),
        ('{"a": "' + " " * 2**24 + '"}', "at most 8 MiB|larger than any"),
    ],
)
def test_config_that_is_no_sane_json_is_refused(text: str, words: str, tmp_path: Path) -> None:
    """Too deep, too large, cut short, ambiguous or no object: one sentence, whatever the container."""
    with pytest.raises(ModelFileError, match=words):
        inspect_model(write_archive(tmp_path / "model.keras", text))
    if len(text) < 60_000:  # HDF5 keeps larger attributes only in newer layouts
        with pytest.raises(ModelFileError, match=words):
            inspected(text, tmp_path)
