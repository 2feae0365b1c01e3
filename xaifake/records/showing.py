"""How a record shows itself: in a notebook, and as a figure.

Records stand at the bottom of the house and import nothing that draws. So a record names the home of its drawing, and the
home is imported when somebody looks: a record can be made, saved and sent without Jinja or Matplotlib.
"""

from __future__ import annotations

import importlib
from typing import Any, ClassVar


class Showing:
    """A record that a notebook shows richly and that draws itself; both homes are named as ``module:function``."""

    _shown_by: ClassVar[str]
    _drawn_by: ClassVar[str]

    def _repr_html_(self) -> str:
        return str(_home(self._shown_by)(self))

    def _drawn(self, *told: Any, **options: Any) -> Any:
        return _home(self._drawn_by)(self, *told, **options)


def _home(name: str) -> Any:
    module, _, function = name.partition(":")
    return getattr(importlib.import_module(module), function)
