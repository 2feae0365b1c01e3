"""Print a script by which a shell completes xaifake's commands, flags, files and names.

Where it goes: in bash, a file xaifake in ~/.local/share/bash-completion/completions; in zsh, a file _xaifake in a folder of
$fpath; in tcsh, a file that ~/.tcshrc sources. Needs xaifake[complete].
"""

from __future__ import annotations

import argparse

from xaifake import plugins
from xaifake.errors import MissingLibraryError

HELP = "print a script for completion in a shell"
EXAMPLES = (
    ("xaifake completion bash > ~/.local/share/bash-completion/completions/xaifake", "for every bash from the next one on"),
    ("xaifake completion zsh > ~/.zfunc/_xaifake", "where ~/.zfunc is in $fpath"),
    ("xaifake completion tcsh > ~/.xaifake.csh", "with the line source ~/.xaifake.csh in ~/.tcshrc"),
)
SHELLS = ("bash", "zsh", "tcsh")
KINDS = {
    "methods": "explainer",
    "checks": "check",
    "measures": "measure",
    "limits": "limit",
    "shortcuts": "shortcut",
    "fill": "fill",
    "recipe": "recipe",
}
"""What takes names of plug-ins, and of which kind."""
LISTS = ("methods", "checks", "measures", "limits", "shortcuts")
"""Of these, what takes several, with commas."""
FILES = (
    *("model", "models", "images", "data", "saved", "case", "audit", "reviews", "before", "after", "output"),
    *("config", "contract", "bounds", "junit", "key", "custom_objects", "original", "mask", "picture", "reference"),
)
"""What takes files or folders."""
BASH_LIST = """\
_xaifake_{kind}() {{
  local before="${{1%"${{1##*,}}"}}"
  compgen -P "$before" -W "{names}" -- "${{1##*,}}"
}}"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The shell."""
    parser.add_argument("shell", metavar="SHELL", choices=SHELLS, help=f"of {', '.join(SHELLS)}")


def run(arguments: argparse.Namespace) -> int:
    """Print the script, made of the very parser that reads the command line."""
    from xaifake.cli._parser import parser

    try:
        import shtab
    except ImportError as error:
        raise MissingLibraryError(
            "Completion needs shtab: pip install 'xaifake[complete]'. Received: none installed"
        ) from error
    root = parser()
    for command in root.commands.values():
        for action in command._actions:  # noqa: SLF001 - argparse has no public list, and shtab reads this one
            if action.dest in KINDS:
                action.complete = _names(action.dest)  # type: ignore[attr-defined]  # so shtab is told
            elif action.dest in FILES:
                action.complete = shtab.FILE  # type: ignore[attr-defined]  # so shtab is told
    functions = "\n".join(map(_of_bash, KINDS)) if arguments.shell == "bash" else ""
    print(shtab.complete(root, arguments.shell, preamble=functions))
    return 0


def _names(dest: str) -> dict[str, str]:
    """How each shell completes the names of a kind of plug-in."""
    kind = KINDS[dest]
    names = " ".join(plugins.names(kind))
    zsh = f" _values -s , {kind} {names}" if dest in LISTS else f"({names})"
    return {"bash": f"_xaifake_{kind}", "zsh": zsh, "tcsh": f"({names})"}


def _of_bash(dest: str) -> str:
    """A function of bash that completes the last name of a list."""
    kind = KINDS[dest]
    return BASH_LIST.format(kind=kind, names=" ".join(plugins.names(kind)))
