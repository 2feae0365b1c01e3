"""Pictures with labels, however they are kept: every kind of data set becomes one manifest of entries."""
