"""Several detectors on the same pictures: each scores all of them once, and then they are compared. Where that meets."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from itertools import combinations, product

import numpy as np

from xaifake.audit.auditing import data_set_of
from xaifake.audit.comparing.ensembles import ensembles_of, performances_of
from xaifake.audit.comparing.entering import Watch, entered
from xaifake.audit.comparing.mapping import mapped
from xaifake.audit.comparing.naming import Entrant
from xaifake.audit.comparing.pairing import Answers, Truths, pairs_of
from xaifake.audit.provenance import machine_of, versions
from xaifake.audit.running.store import Store
from xaifake.dataset import Manifest
from xaifake.errors import UsageError
from xaifake.faces.canonical import canonical_outline
from xaifake.records import Comparison, Disagreement, Scores

SHOWN = 24
"""Pictures that are listed for the detectors' disagreement."""


def run_comparison(
    entrants: Sequence[Entrant],
    manifest: Manifest,
    out: str,
    *,
    seed: int = 0,
    watch: Watch = lambda name, pictures: contextlib.nullcontext(lambda calls: None),  # noqa: ARG005 - nobody watches
    command: Sequence[str] = (),
    started: str | None = None,
) -> tuple[Comparison, tuple[Scores, ...]]:
    """Score every picture with every detector, and compare.

    Rows lie under each detector's own key, as an audit's do: a comparison that was stopped goes on where it was, a detector
    that joins later is the only one to be asked, and an audit of the same detector in the same folder finds its scores.

    Args:
        entrants: the detectors, at least two. All are loaded before the first one scores.
        manifest: the pictures.
        out: the folder of the rows.
        seed: of all that is drawn: resamples, folds, the pictures whose maps are compared.
        watch: see `Watch`.
        command: the command line that asked, for the record.
        started: when, in ISO 8601 and UTC, for the record.

    Returns:
        The record, and each detector's scores.

    Raises:
        UsageError: fewer than two detectors.
        XaifakeError: one of them cannot be loaded, or its rows cannot be written.
    """
    if len(entrants) < 2:
        raise UsageError(f"A comparison takes two detectors or more. Received: {len(entrants)}")
    store = Store(out)
    found = list(entered(entrants, manifest, store, watch))
    scores = tuple(one.scores for one in found)
    answers = [Answers(one.name, one.scores.logits, one.scores.called_fake) for one in found]
    truths, logits = _truths(scores[0]), np.stack([one.logits for one in scores])
    ensembles = ensembles_of(truths, logits, [one.threshold for one in scores], seed)
    maps = mapped({one.name: one.maps(manifest, store) for one in found if one.on_faces}, len(scores[0].entries), seed)
    disputed, disagreements = _disagreements(scores)
    comparison = Comparison(
        data=data_set_of(manifest, scores[0]),
        contestants=tuple(one.contestant(seed) for one in found),
        ensembles=performances_of(truths, ensembles, seed),
        common=int((~np.isnan(logits)).all(axis=0).sum()),
        pairs=(
            *pairs_of(truths, list(combinations(answers, 2)), maps.likeness),
            *pairs_of(truths, list(product(ensembles, answers)), {}),
        ),
        map_pictures=maps.pictures,
        maps=maps.maps,
        map_differences=maps.differences,
        outline=canonical_outline(),
        disputed=disputed,
        disagreements=disagreements,
        seed=seed,
        versions=dict(versions()),
        machine=dict(machine_of(found[0].detector)),
        command=tuple(command),
        started=started,
    )
    return comparison, scores


def _truths(scores: Scores) -> Truths:
    labels = [entry.label for entry in scores.entries]
    return Truths(np.array([label is not None for label in labels]), np.array([label == "FAKE" for label in labels]))


def _disagreements(scores: Sequence[Scores]) -> tuple[int, tuple[Disagreement, ...]]:
    """How many pictures are not called the same by all, and those with the widest spread of scores for FAKE."""
    p_fake, called = (np.stack([getattr(one, name) for one in scores]) for name in ("p_fake", "called_fake"))
    common = ~np.isnan(p_fake).any(axis=0)
    spread = np.where(common, p_fake.max(axis=0) - p_fake.min(axis=0), -1.0)
    disputed = common & (called.any(axis=0) != called.all(axis=0))
    shown = [row for row in np.argsort(-spread, kind="stable")[:SHOWN] if spread[row] > 0]
    entries = scores[0].entries
    return int(disputed.sum()), tuple(
        Disagreement(
            entries[row].id,
            entries[row].uri,
            entries[row].label,
            tuple(p_fake[:, row].tolist()),
            tuple(called[:, row].tolist()),
        )
        for row in shown
    )
