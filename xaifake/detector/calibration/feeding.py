"""One loaded model, traced once for each size of its input, and fed in as many ways as one likes."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xaifake import plugins
from xaifake.dataset import read_uri
from xaifake.detector.engine import Detector
from xaifake.detector.resizing import resize
from xaifake.errors import NoFaceError, NotADetectorError, NumbersError
from xaifake.faces import faces_of
from xaifake.interfaces import BATCH
from xaifake.records import Contract, Crop, Face, ModelFile, Picture

Seen = dict[tuple[Any, ...], NDArray[np.float64]]


class Feeder:
    """Scores pictures by many contracts of one model.

    The model is asked through detectors whose own contract changes nothing; every other contract is applied before, by the
    same domain and the same resizing that a detector uses. What differs only in which side is FAKE, or comes to the same
    numbers, is fed once.

    Args:
        model: the loaded model.
        file: which model it is.
        base: the contract whose head and FAKE output the scores are read by.
        mirrored: whether the other FAKE output's logit is this one's negative.
    """

    def __init__(self, model: Any, file: ModelFile, base: Contract, *, mirrored: bool) -> None:
        self._model = model
        self._file = file
        self._base = base
        self._mirrored = mirrored
        self._detectors: dict[tuple[Any, ...], Detector] = {}

    def takes(self, size: tuple[int, int]) -> bool:
        """Whether the model runs on inputs of that size at all."""
        depth = 1 if self._base.channels == "grey" else 3
        try:
            self._detector((*size, depth), self._base)
        except NotADetectorError:
            return False
        return True

    def mirrors(self, contract: Contract) -> bool:
        """Whether its scores are those of another contract with the sign turned, which cost no call of the model."""
        other = (contract.fake_when, contract.fake_index) != (self._base.fake_when, self._base.fake_index)
        return self._mirrored and other

    def score(
        self, contracts: Sequence[Contract], uris: Sequence[str], advance: Callable[[int], None]
    ) -> NDArray[np.float64]:
        """FAKE logits (contracts, pictures); NaN where a contract wants a face and the picture shows none.

        Raises:
            PictureError: a picture cannot be read.
        """
        starts = range(0, len(uris), BATCH)
        batches = ([read_uri(uri) for uri in uris[start : start + BATCH]] for start in starts)
        return np.hstack([self._batch(contracts, batch, advance) for batch in batches])

    def _batch(
        self, contracts: Sequence[Contract], pictures: Sequence[Picture], advance: Callable[[int], None]
    ) -> NDArray[np.float64]:
        logits = np.full((len(contracts), len(pictures)), np.nan)
        faces = {crop: [_face(picture, crop) for picture in pictures] for crop in sorted({c.crop for c in contracts})}
        seen: Seen = {}
        order = sorted(range(len(contracts)), key=lambda index: _look(contracts[index]))
        for (crop, size, spec), indices in itertools.groupby(order, key=lambda index: _look(contracts[index])):
            found = {place: face for place, face in enumerate(faces[crop]) if face}
            views = [resize(face.pixels, size, spec) for face in found.values()]
            for index in indices:
                if views:
                    logits[index, list(found)] = self._answer(np.stack(views), contracts[index], seen)
                advance(0 if self.mirrors(contracts[index]) else len(pictures))
        return logits

    def _answer(self, views: NDArray[np.float32], contract: Contract, seen: Seen) -> NDArray[np.float64]:
        domain = plugins.make("domain", contract.domain)
        fed = np.asarray(domain.encode(domain.plane(views, contract, np), contract, np), np.float32)
        read_by = self._base if self._mirrored else contract
        key = (read_by.fake_index, fed.shape, hashlib.blake2b(fed.tobytes()).digest())
        if key not in seen:
            seen[key] = self._scored(self._detector(fed.shape[1:], read_by), fed)
        return -seen[key] if self.mirrors(contract) else seen[key]

    def _scored(self, detector: Detector, fed: NDArray[np.float32]) -> NDArray[np.float64]:
        try:
            return np.asarray(detector.score(fed if fed.shape[3] == 3 else np.repeat(fed, 3, axis=3)), np.float64)
        except NumbersError:
            return np.zeros(len(fed))  # fed so, it cannot tell one picture from another

    def _detector(self, shape: tuple[int, ...], read_by: Contract) -> Detector:
        """A detector that takes inputs of that shape as they are: what is in 0..255 stays, grey of three equals is one."""
        key = (shape, read_by.fake_index)
        if key not in self._detectors:
            through = Contract(
                (shape[0], shape[1]),
                range=(0.0, 255.0),
                channels="grey" if shape[2] == 1 else "rgb",
                head=read_by.head,
                fake_index=read_by.fake_index,
                fake_when=read_by.fake_when,
            )
            self._detectors[key] = Detector(self._model, through, self._file)
        return self._detectors[key]


def _look(contract: Contract) -> tuple[Crop, tuple[int, int], str]:
    """What of a contract decides the view."""
    return contract.crop, contract.size, contract.resize


def _face(picture: Picture, crop: Crop) -> Face | None:
    try:
        return faces_of(picture, crop)[0]
    except NoFaceError:
        return None
