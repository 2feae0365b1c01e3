"""Audits held to bounds, for continuous integration: what must not get worse is written down and asked each time."""
