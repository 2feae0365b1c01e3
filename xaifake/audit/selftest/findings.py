"""What a self test says: one line for each thing that was known and looked for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One line of a self test.

    Attributes:
        test: the explainer, check or fact that was tried.
        subject: on which model, runtime and picture.
        known: what is known to be true.
        found: what was found, or why this could not be tried.
        right: whether that is what is known; None where it could not be tried.
    """

    test: str
    subject: str
    known: str
    found: str
    right: bool | None


def gap(test: str, subject: str, known: str, distance: float, allowed: float) -> Finding:
    """A finding that is right where two numbers lie no further apart than is allowed."""
    return Finding(test, subject, known, f"{distance:.1e} apart, {allowed:.0e} is allowed", distance <= allowed)


def failed(test: str, subject: str, known: str, error: Exception) -> Finding:
    """The finding that something broke where nothing should: the first line of what it said."""
    said = (str(error).strip().splitlines() or [""])[0][:200]
    return Finding(test, subject, known, f"{type(error).__name__}: {said}", False)
