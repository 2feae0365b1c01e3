"""The command line's front door: find the command, run it, turn refusals into one line and an exit code."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence

from xaifake.cli._defaults import in_effect
from xaifake.cli._ending import ended, heeding_requests
from xaifake.cli._parser import parser
from xaifake.cli._parsing import before_dashes
from xaifake.cli._terminal import detail, done, speaking


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Its exit code is one of `xaifake.cli._ending.EXIT_CODES`."""
    typed = list(sys.argv[1:] if argv is None else argv)
    if not typed:
        parser().print_help(sys.stderr)
        return 2
    with speaking(before_dashes(typed)), heeding_requests():
        try:
            return _run(typed)
        except (Exception, KeyboardInterrupt, SystemExit) as error:  # noqa: BLE001 - nobody is shown a traceback unasked
            return ended(error)


def _run(typed: Sequence[str]) -> int:
    """Run the command that was typed; its exit code, once all it had to say has left."""
    root = parser()
    kept = ""
    try:
        tokens = in_effect(typed, root)
        arguments = root.parse_args(tokens)
        arguments.command = [root.prog, *tokens]
        detail(f"in effect: {shlex.join(arguments.command)}")
        kept = arguments.kept
        code = int(arguments.run(arguments))
    except KeyboardInterrupt as stop:
        raise type(stop)(kept and f"{kept}: {shlex.join([root.prog, *typed])}") from None
    finally:
        sys.stdout.flush()
    done(code)
    return code


if __name__ == "__main__":
    sys.exit(main())
