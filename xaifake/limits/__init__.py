"""Conditions under which a score means less: one file each."""
