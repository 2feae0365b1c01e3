"""Tests of whether an attribution can be believed: one file each."""
