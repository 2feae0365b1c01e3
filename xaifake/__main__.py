"""The command line's front door: find the command, run it, turn refusals into one line and an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from xaifake.cli._parser import parser
from xaifake.cli._parsing import before_dashes
from xaifake.cli._terminal import done, refuse, speaking
from xaifake.errors import UsageError, XaifakeError


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Returns 0 when all went well, 1 when something was refused, 2 for a wrong command line."""
    typed = list(sys.argv[1:] if argv is None else argv)
    if not typed:
        parser().print_help(sys.stderr)
        return 2
    with speaking(before_dashes(typed)):
        try:
            code = _run(typed)
        except UsageError as error:
            refuse(error)
            return 2
        except XaifakeError as error:
            refuse(error)
            return 1
        except KeyboardInterrupt:
            refuse("stopped")
            return 130
        except BrokenPipeError:  # the reader of our output went away: nothing is left to say
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 1
        done(code)
        return code


def _run(typed: Sequence[str]) -> int:
    """Run the command that was typed; its exit code, when all it had to say is said."""
    try:
        arguments = parser().parse_args(typed)
        return int(arguments.run(arguments))
    except SystemExit as shown:  # --help and --version end so
        return int(shown.code or 0)
    finally:
        sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
