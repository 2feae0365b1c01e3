"""Calibration: from labelled pictures to the contract by which a detector tells FAKE from REAL, or the refusal to say.

`ways` lists the ways to feed a detector, `feeding` scores them, `statistics` and `trials` compare them, `choosing` says what
the pictures decide and what they leave open, and `search` is the one function in which these meet.
"""

from xaifake.detector.calibration.choosing import Finding, shown
from xaifake.detector.calibration.pictures import FEWEST, Labelled, labelled
from xaifake.detector.calibration.search import Calibration, Search, Tried
from xaifake.detector.calibration.statistics import COIN

__all__ = ["COIN", "FEWEST", "Calibration", "Finding", "Labelled", "Search", "Tried", "labelled", "shown"]
