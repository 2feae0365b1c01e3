"""SavedModels made of bytes: graphs that read, write, call out or hide what they run; and folders of two minds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from hostile_models.payloads import Hostile, lambda_layer
from model_files import message, sequential, small_model, write_saved_model

from xaifake.detector.inspection.vocabulary import words

FORBIDDEN = (
    *sorted(
        words(
            """
            ReadFile WriteFile MatchingFiles SaveV2 RestoreV2 SaveSlices Restore ShardedFilename PyFunc PyFuncStateless
            EagerPyFunc PrintV2 Print DebugIdentity DebugIdentityV2 HashTableV2 InitializeTableFromTextFileV2
            TextLineDataset TFRecordDatasetV2 IteratorGetNext WholeFileReaderV2 XlaLaunch XlaCallModule XlaCustomCall
            RemoteCall _Send _Recv RpcCall WriteSummary SummaryWriter Assert While StatelessWhile MapDefun
            ParallelMapDataset DecodeJpeg DecodeRaw LoadAndRemapMatrix GenerateVocabRemapping TPUCompile NcclAllReduce
            CollectiveReduceV2 LoadLibrary CustomOp relu
            """
        )
    ),
    *("Relu\0", "R\u0435lu", ""),
)


def node(operator: str, *attributes: bytes) -> bytes:
    """One node of a graph."""
    return message(1, "node") + message(2, operator) + b"".join(message(5, each) for each in attributes)


def attribute(name: str, number: int, value: bytes | str) -> bytes:
    """One attribute of a node: text (2), tensor (8), function (10), list (1)."""
    return message(1, name) + message(2, message(number, value))


def function(name: str, *nodes: bytes, more: bytes = b"") -> bytes:
    """A function of a graph's library."""
    return message(1, message(1, message(1, name)) + b"".join(message(3, each) for each in nodes) + more)


def graph(*nodes: bytes, library: bytes = b"") -> bytes:
    """A graph's field of what `write_saved_model` writes."""
    return message(2, b"".join(message(1, each) for each in nodes) + message(2, library))


def concrete(name: str) -> bytes:
    """An object graph that may run a function."""
    return message(7, message(2, message(1, name)))


def graphs(folder: Path, marker: Path) -> Iterator[Hostile]:  # noqa: ARG001 - every family takes both
    """Each operator in a function that is run, and the ways to hide one."""
    for number, operator in enumerate(FORBIDDEN):
        inside = graph(library=function("run", node(operator))) + concrete("run")
        yield Hostile(write_saved_model(folder / f"operator_{number}", more=inside))
    evil, writing = function("evil", node("SaveV2")), node("WriteFile")
    called = attribute("f", 10, message(1, "evil"))
    twice = message(1, "node") + message(2, "WriteFile") + message(2, "Relu")
    fixed = message(1, "node") + message(2, "WriteFile") + bytes([2 << 3 | 1]) + b"Identity"
    registered = message(3, message(1, "evil") + message(2, "CustomGradient-1"))
    ways = {
        "outermost": graph(writing),
        "two_graph_fields": graph() + graph(writing),
        "named_twice": graph(twice),
        "named_twice_the_other_way": graph(message(2, "Relu") + message(2, "WriteFile")),
        "named_by_another_wire_type": graph(fixed),
        "called": graph(library=evil + function("run", node("PartitionedCall", called))),
        "called_by_name": graph(library=evil + function("run", node("evil"))),
        "called_by_text": graph(library=evil + function("run", node("Identity", attribute("_gradient_op_type", 2, "evil")))),
        "called_in_a_list": graph(
            library=evil + function("run", node("Identity", attribute("f", 1, message(9, message(1, "evil")))))
        ),
        "gradient": graph(library=evil + message(2, message(1, "run") + message(2, "evil"))),
        "registered_gradient": graph(library=evil + registered),
        "put_in_place": graph(
            library=function("evil", node("SaveV2"), more=message(5, attribute("api_implements", 2, "run")))
        ),
        "run_by_an_object": graph(library=evil) + concrete("evil"),
        "run_by_a_bare_object": graph(library=evil) + message(7, message(1, message(8, message(1, "evil")))),
        "function_named_like_an_operator": graph(library=function("Relu", writing)),
        "asset": message(6, message(2, "words.txt")),
        "registered_class": message(7, message(1, message(13, "tf.Evil"))),
        "own_saver": message(7, message(1, message(16, message(1, "evil")))),
        "constant_of_any_size": graph(node("Const", attribute("value", 8, message(2, message(2, message(1, 2**40)))))),
    }
    for name, more in ways.items():
        yield Hostile(write_saved_model(folder / name, more=more))
    yield Hostile(two_graphs(folder / "two_graphs"))
    yield Hostile(write_saved_model(folder / "no_objects", objects=False))


def folders(folder: Path, marker: Path) -> Iterator[Hostile]:
    """Files beside the graph that other readers would take, links, and pipes."""
    evil = sequential(lambda_layer(marker))
    yield Hostile(write_saved_model(folder / "lambda_in_metadata", evil), harmless=True)
    both = write_saved_model(folder / "text_too", small_model())
    (both / "saved_model.pbtxt").write_text("meta_graphs { graph_def { node { op: 'WriteFile' } } }")
    (both / "saved_model.cpb").write_bytes(b"riegeli")
    (both / "fingerprint.pb").write_bytes(b"\xff" * 100)
    yield Hostile(both, harmless=True)
    text = folder / "text_alone"
    text.mkdir()
    (text / "saved_model.pbtxt").write_text("meta_graphs { graph_def { node { op: 'WriteFile' } } }")
    yield Hostile(text)
    for name in ("variables", "shard", "graph"):
        linked = write_saved_model(folder / f"linked_{name}")
        if name == "variables":
            (linked / "variables").symlink_to("/etc")
        elif name == "shard":
            (linked / "variables").mkdir()
            (linked / "variables" / "variables.data-00000-of-00001").symlink_to("/etc/passwd")
        else:
            (linked / "saved_model.pb").rename(linked / "other.pb")
            (linked / "saved_model.pb").symlink_to("other.pb")
        yield Hostile(linked)
    huge = write_saved_model(folder / "huge")
    with (huge / "saved_model.pb").open("r+b") as file:
        file.truncate(2**33)
    yield Hostile(huge)
    empty = folder / "empty"
    empty.mkdir()
    yield Hostile(empty)


def two_graphs(folder: Path) -> Path:
    """The second graph is the one that runs."""
    path = write_saved_model(folder)
    content = (path / "saved_model.pb").read_bytes()
    (path / "saved_model.pb").write_bytes(content + message(2, graph(node("WriteFile"))))
    return path
