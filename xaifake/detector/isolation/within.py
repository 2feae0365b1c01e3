"""The other Python: closed before it imports anything that has threads, or that reads a model."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from xaifake.detector.isolation.closing import close
from xaifake.errors import IsolationError


def main() -> None:
    """Close this process as the command line says, then answer until nobody asks any more."""
    orders = json.loads(sys.argv[1])
    refusal = None
    try:
        close(orders["parent"], map(Path, orders["readable"]), orders["memory"])
    except IsolationError as error:
        refusal = error  # nothing is loaded then: it is the answer to the first question, and the last
    from xaifake.detector.isolation.serving import serve

    serve(orders["reads"], orders["writes"], refusal)
