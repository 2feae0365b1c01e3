"""The networks that find faces, asked by several threads."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from xaifake.faces import _models
from xaifake.opencv import cv2


class Network:
    """Answers with nothing, after a while in which no other thread may use it."""

    def setInput(self, seen: Any) -> None:  # noqa: N802 - OpenCV's name
        self.seen = seen

    def forward(self, outputs: list[str]) -> list[Any]:
        time.sleep(0.002)
        return [np.zeros(1, np.float32) for _ in outputs]


def test_networks_are_read_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many threads ask first: two that read at once make OpenCV refuse layers that it knows."""
    present, most = [], [0]

    def read(*_: object) -> Network:
        present.append(None)
        most[0] = max(most[0], len(present))
        time.sleep(0.002)
        present.pop()
        return Network()

    monkeypatch.setattr(cv2.dnn, "readNetFromTFLite", read)
    monkeypatch.setattr(_models, "model_path", lambda name: Path(name))
    monkeypatch.setattr(_models, "_idle", _models.defaultdict(list))
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: _models.answers("any", np.zeros((2, 2, 3), np.float32), ["a", "b"]), range(16)))
    assert [len(each) for each in answers] == [2] * 16
    assert most == [1]
