"""Kinds of data sets. One file a kind; the file name is its name."""
