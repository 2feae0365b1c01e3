"""The plain records that flow through xaifake, and the conventions that all of them share.

Conventions, written once:

* A *picture* is RGB uint8, shape (H, W, 3). A *box* is half-open, in pixels of its picture: rows ``top`` to ``bottom``.
* A *view* is a face as the detector receives it, before scaling: RGB float32 in 0..255, shape (h, w, 3), where (h, w) is
  the contract's size. Every masking game and every pixel attribution lives on the view.
* A *logit* is the detector's evidence for FAKE before any sigmoid or softmax, in natural-log odds. Positive is FAKE.
* An *attribution* is float32 on its native grid, unscaled; scaling is display. Positive is evidence for FAKE, whatever
  the prediction. An all-zero map is a result: no evidence above noise.
* Arrays inside a record are read-only. Randomness comes from an explicit seed, time from the caller's clock.
"""

from __future__ import annotations

from xaifake.records.arrays import (
    Coalitions,
    Labels,
    Logits,
    Map,
    Pixels,
    ViewPixels,
    Views,
    digest,
    digest_of_all,
    frozen,
)
from xaifake.records.audits import Audit, Evidence, Exhibit, LimitCount, SameScore, Scores, Shown, StageRun, Stratum, Trust
from xaifake.records.cases import Case, Failure
from xaifake.records.comparisons import Comparison, Contestant, Disagreement, Ensemble, EnsembleName, Pair
from xaifake.records.data import DataSet, Duplicate, Entry, Refused, Truth
from xaifake.records.detectors import Assumption, Channels, Contract, Crop, Head, ModelFile, Prediction
from xaifake.records.drives import (
    CANONICAL,
    BandShare,
    Cluster,
    Clusters,
    Drives,
    Grid,
    MeanMap,
    PartShare,
    Place,
    Tie,
)
from xaifake.records.evidence import Attribution, Interaction, Omission, Options
from xaifake.records.faces import Box, Face, Original, Picture, View
from xaifake.records.performance import (
    Bin,
    Confusion,
    Curve,
    FalseAlarms,
    Interval,
    Operating,
    Performance,
    Slice,
)
from xaifake.records.shortcuts import Effect, Shortcut, Specimen, Trials
from xaifake.records.training import Card, Epoch, Part, PartName, Phase, TunedTrial
from xaifake.records.trust import Change, Check, Limit, Measure, Outcome, Provenance, Review, Trial

__all__ = [
    "CANONICAL",
    "Assumption",
    "Attribution",
    "Audit",
    "BandShare",
    "Bin",
    "Box",
    "Card",
    "Case",
    "Change",
    "Channels",
    "Check",
    "Cluster",
    "Clusters",
    "Coalitions",
    "Comparison",
    "Confusion",
    "Contestant",
    "Contract",
    "Crop",
    "Curve",
    "DataSet",
    "Disagreement",
    "Drives",
    "Duplicate",
    "Effect",
    "Ensemble",
    "EnsembleName",
    "Entry",
    "Epoch",
    "Evidence",
    "Exhibit",
    "Face",
    "Failure",
    "FalseAlarms",
    "Grid",
    "Head",
    "Interaction",
    "Interval",
    "Labels",
    "Limit",
    "LimitCount",
    "Logits",
    "Map",
    "MeanMap",
    "Measure",
    "ModelFile",
    "Omission",
    "Operating",
    "Options",
    "Original",
    "Outcome",
    "Pair",
    "Part",
    "PartName",
    "PartShare",
    "Performance",
    "Phase",
    "Picture",
    "Pixels",
    "Place",
    "Prediction",
    "Provenance",
    "Refused",
    "Review",
    "SameScore",
    "Scores",
    "Shortcut",
    "Shown",
    "Slice",
    "Specimen",
    "StageRun",
    "Stratum",
    "Tie",
    "Trial",
    "Trials",
    "Trust",
    "Truth",
    "TunedTrial",
    "View",
    "ViewPixels",
    "Views",
    "digest",
    "digest_of_all",
    "frozen",
]
