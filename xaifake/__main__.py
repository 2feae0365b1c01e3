"""The command line's front door: find the command, run it, turn refusals into one line and an exit code."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

from xaifake import plugins
from xaifake.errors import UsageError, XaifakeError


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Returns 0 when all went well, 1 when something was refused, 2 for a wrong command line."""
    parser = argparse.ArgumentParser(
        prog="xaifake",
        description="Explain why a Keras deepfake detector scored a face as it did.",
        epilog="xaifake COMMAND --help says more about each.",
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for name in plugins.names("command"):
        command = importlib.import_module(f"xaifake.cli.{name}")
        sub = commands.add_parser(name, help=command.HELP, description=command.__doc__)
        command.add_arguments(sub)
        sub.set_defaults(run=command.run)
    arguments = parser.parse_args(argv)
    try:
        return int(arguments.run(arguments))
    except UsageError as error:
        print(f"xaifake: {error}", file=sys.stderr)
        return 2
    except XaifakeError as error:
        print(f"xaifake: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("xaifake: stopped", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader of our output went away: nothing is left to say
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


if __name__ == "__main__":
    sys.exit(main())
