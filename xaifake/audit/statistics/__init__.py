"""Error rates with intervals, curves, calibration, and tests of differences."""
