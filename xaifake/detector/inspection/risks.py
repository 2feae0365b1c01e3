"""What in a config would run code or reach files when a loader follows it, and what must come with the model.

Loaders resolve every dict with a ``class_name``, wherever it stands, so every one is judged. The rule is the loader's own:
what it would look up by name is compared with the names that Keras has; what it would import is refused.
"""

from __future__ import annotations

import builtins
import re
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from xaifake.detector.inspection.bounds import NAME_LENGTH, shown
from xaifake.detector.inspection.record import Risk
from xaifake.detector.inspection.symbols import is_pure
from xaifake.detector.inspection.vocabulary import FUNCTIONS, KNOWN, LAYERS

PROGRAMS = {
    "Lambda": "holds Python code, which loading or scoring runs",
    "__lambda__": "holds Python code, which loading runs",
    "TFSMLayer": "loads another SavedModel, which is a program",
    "TorchModuleWrapper": "holds a pickled PyTorch module, and unpickling runs code",
    "JaxLayer": "holds a function of Python code",
    "FlaxLayer": "holds a function of Python code",
    "ClassMethod": "calls any method of TensorFlow by its name",
    "InstanceMethod": "calls any method of TensorFlow by its name",
    "InstanceProperty": "reads any property of TensorFlow's classes by its name",
}
OPERATOR_LAYERS = {"TFOpLambda", "SlicingOpLambda", "TensorFlowOpLayer"}
VOCABULARIES = ("vocabulary", "vocabulary_file", "idf_weights")
CODE = re.compile(r"(4w|Yw|gA[JNRSU])[A-Za-z0-9+/\n]{38}")
"""Base64 of marshalled Python code, or of a pickle."""

KERAS = ("keras", "tf_keras", "tensorflow.keras", "tensorflow.python.keras")
PUBLIC = {
    "", "layers", "layers.experimental", "layers.experimental.preprocessing", "initializers", "regularizers", "constraints",
    "activations", "losses", "metrics", "optimizers", "optimizers.schedules", "dtype_policies", "mixed_precision",
    "quantizers", "random", "ops",
}  # fmt: skip
"""Where Keras keeps what models are made of; a newer Keras may have names there that are not in the vocabulary."""
PLAIN = re.compile(r"\w+(\.\w+)*", re.ASCII)
LOADERS = {"get", "serialize", "deserialize"}


def config_risks(config: Mapping[str, Any]) -> Iterator[Risk]:
    """Each thing in a config that could run code or reach files, in the order of the file."""
    for where, value in _walk(config):
        if any(isinstance(text, str) and CODE.match(text) for text in _items(value)):
            yield Risk("code", where, f"The model holds what looks like compiled Python code or a pickle, at {where}")
        if not isinstance(value, dict) or "class_name" not in value:
            continue
        if isinstance(value["class_name"], str):
            yield from _entry_risks(where, value, value["class_name"])
        if isinstance(value.get("module"), str) and not _is_named(value):
            module = shown(value["module"])
            yield Risk(
                "module", where, f"The model names nothing of {module} at {where}, a module that loading would import"
            )


def custom_names(config: Mapping[str, Any]) -> Iterator[str]:
    """Names that a loader will ask for and no Keras has: classes, functions and activations; repeats included."""
    for _, value in _walk(config):
        if not isinstance(value, dict):
            continue
        if isinstance(value.get("class_name"), str):
            name = _asked_for(value, value["class_name"])
            if name:
                yield name
        for key in ("activation", "recurrent_activation"):
            activation = value.get(key)
            if isinstance(activation, str) and activation.lower() not in FUNCTIONS and activation not in LAYERS:
                yield activation


def _walk(config: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any] | list[Any]]]:
    """Every dict and list of a config, with the path of the layer that it belongs to."""
    stack: list[tuple[str, Any]] = [("", config)]
    root = True
    while stack:
        where, value = stack.pop()
        if isinstance(value, dict) and "class_name" in value and not root:
            inner = value.get("config")
            name = value.get("name") or (inner.get("name") if isinstance(inner, dict) else None)
            where = f"{where}/{shown(name)}".removeprefix("/")[-NAME_LENGTH:] if isinstance(name, str) else where
        root = False
        yield where or "the model", value
        stack.extend((where, child) for child in reversed(_items(value)) if isinstance(child, dict | list))


def _items(value: dict[str, Any] | list[Any]) -> list[Any]:
    return list(value.values()) if isinstance(value, dict) else value


def _entry_risks(where: str, entry: Mapping[str, Any], class_name: str) -> Iterator[Risk]:
    inner = entry.get("config")
    config: Mapping[str, Any] = inner if isinstance(inner, dict) else {}
    target = inner if class_name == "function" and isinstance(inner, str) else class_name
    if target in PROGRAMS:
        kind = "lambda" if target in ("Lambda", "__lambda__") else "program"
        yield Risk(kind, where, f"The model's {shown(target)} at {where} {PROGRAMS[target]}")
    if class_name in OPERATOR_LAYERS and not is_pure(class_name, config):
        named = shown(config.get("function", "an operator"))
        yield Risk("operator", where, f"The layer {where} calls TensorFlow's {named}, which is not known to only compute")
    for key in VOCABULARIES:
        if isinstance(config.get(key), str):
            yield Risk("vocabulary", where, f"The layer {where} reads a file when it is loaded, {shown(config[key])}")
    if class_name == "__typespec__":
        target = str(entry.get("spec_name"))
    if isinstance(entry.get("module"), str):
        yield from _module_risks(where, entry, target, entry["module"])


def _is_named(entry: Mapping[str, Any]) -> bool:
    """Whether an entry says by a text which class or function it is; tf_keras imports its module even where not."""
    name = entry["class_name"]
    return isinstance(entry.get("config") if name == "function" else name, str)


def _module_risks(where: str, entry: Mapping[str, Any], target: str, module: str) -> Iterator[Risk]:
    """Names that lead out of what models are made of: loaders import the module that a config names."""
    full = shown(f"{module}.{target}")
    space = _keras_space(module)
    if space is not None:
        public = space in PUBLIC and target.isidentifier() and not target.startswith("_")
        if target in LOADERS or not (target in KNOWN or public) or _has_second_name(entry) or not PLAIN.fullmatch(module):
            yield Risk("gadget", where, f"The model names {full} at {where}, which is no part that models are made of")
    elif module == "builtins":
        if (hasattr(builtins, target) and target not in KNOWN) or _has_second_name(entry):
            yield Risk("gadget", where, f"The model names Python's own {full} at {where}, which is no part of a model")
    elif entry.get("class_name") == "__typespec__":
        if not (module.startswith("tensorflow.") and target.endswith("Spec") and target.isidentifier()):
            yield Risk("module", where, f"The model names {full} at {where}, a module that loading would import")
    elif module.partition(".")[0] in sys.stdlib_module_names - {"__main__"}:
        yield Risk("module", where, f"The model names {full} at {where}, which is Python's own and no part of a model")
    elif entry.get("class_name") != "function" and not isinstance(entry.get("registered_name"), str):
        yield Risk("module", where, f"The model names {full} at {where}, a module that loading would import")


def _has_second_name(entry: Mapping[str, Any]) -> bool:
    """Whether another name is registered than a class or function of Keras: tf_keras looks in the module for it, too."""
    registered = entry.get("registered_name")
    told = isinstance(registered, str) and (">" in registered or registered in KNOWN or registered == entry.get("config"))
    return registered is not None and not told


def _asked_for(entry: Mapping[str, Any], class_name: str) -> str | None:
    """The name that a loader looks up among custom objects, where it is none of Keras' own."""
    module, registered = entry.get("module"), entry.get("registered_name")
    if isinstance(module, str) and _keras_space(module) is not None:
        return None
    if class_name == "function":
        function = entry.get("config")
        is_foreign = isinstance(module, str) and module != "builtins"
        return function if isinstance(function, str) and (is_foreign or function not in KNOWN) else None
    if class_name in KNOWN and ("module" not in entry or class_name == "__typespec__"):
        return None
    return registered if isinstance(registered, str) else class_name


def _keras_space(module: str) -> str | None:
    """What follows Keras' own name in a module path: ``layers``; None for other modules."""
    for root in KERAS:
        if module == root or module.startswith(f"{root}."):
            return module[len(root) + 1 :]
    return None
