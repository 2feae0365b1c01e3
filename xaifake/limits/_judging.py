"""What limits share: a measured value beside its bound, and options that must lie in a range."""

from __future__ import annotations

from xaifake.errors import UsageError
from xaifake.records import Limit


def at_least(name: str, value: float | None, bound: float, unit: str) -> Limit:
    """Within from the bound up; not known without a value."""
    return _judged(name, value, bound, unit, inside=value is not None and value >= bound)


def at_most(name: str, value: float | None, bound: float, unit: str) -> Limit:
    """Within up to the bound; not known without a value."""
    return _judged(name, value, bound, unit, inside=value is not None and value <= bound)


def _judged(name: str, value: float | None, bound: float, unit: str, *, inside: bool) -> Limit:
    if value is None:
        return Limit(name, "not known", None, bound, unit)
    return Limit(name, "within" if inside else "outside", value, bound, unit)


def checked_option(limit: object, option: str, low: float, high: float, flag: str) -> None:
    """Refuse an option's value beyond the range in which the limit says anything.

    Raises:
        UsageError: it is beyond.
    """
    value, usual = getattr(limit, option), getattr(type(limit), option)
    if not low <= value <= high:
        raise UsageError(
            f"The option {option} of the limit {flag} lies between {low:g} and {high:g}, as in "
            f"--limits {flag}:{option}={usual:g}. Received: {value}"
        )
