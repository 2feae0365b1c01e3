"""The contract: how to feed a detector and how to read it, stated by its owner or inferred and listed as assumed.

What is stated wins in this order: single flags (or keywords), ``--contract FILE``, ``MODEL.contract.toml`` beside the
model. What nobody states is inferred from the file's own words, and each inference is an `Assumption` that is printed and
stored with every result.
"""

from xaifake.detector.contract.fields import FIELDS, Field, checked
from xaifake.detector.contract.files import contract_path, find_contract, read_contract, write_contract
from xaifake.detector.contract.flags import (
    add_contract_arguments,
    add_memory_argument,
    add_model_arguments,
    add_runtime_argument,
    given_fields,
    load_options,
)
from xaifake.detector.contract.inference import infer

__all__ = [
    "FIELDS",
    "Field",
    "add_contract_arguments",
    "add_memory_argument",
    "add_model_arguments",
    "add_runtime_argument",
    "checked",
    "contract_path",
    "find_contract",
    "given_fields",
    "infer",
    "load_options",
    "read_contract",
    "write_contract",
]
