"""Tests by intervention of whether a detector takes a shortcut. One file a test."""
