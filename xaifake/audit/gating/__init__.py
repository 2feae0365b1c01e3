"""Audits held to bounds and to each other: what must not get worse is written down and asked each time."""
