"""Everything that xaifake refuses, in one tree.

    XaifakeError
    ├── UsageError (ValueError)          an option, a name or a value that cannot be used
    │   └── UnknownNameError             a plug-in, layer or field that does not exist
    ├── PictureError (ValueError)        a file that is no usable picture
    │   └── NoFaceError                  a picture in which the locator finds no face
    ├── ModelError (ValueError)          a model that cannot be used as a detector
    │   ├── ModelFileError               not a model file, or damaged
    │   ├── UnsafeModelError             loading it could run code from the file
    │   ├── IsolationError               it cannot be shut in here, or its process has ended
    │   ├── NotADetectorError            loads, but does not score pictures
    │   └── NumbersError                 scores with NaN or infinity
    ├── ContractError (ValueError)       a contract that is wrong or does not fit its model
    ├── DataError (ValueError)           pictures that a detector cannot be trained on
    ├── CaseError (ValueError)           a saved case, review or audit that cannot be read
    ├── OutputError (OSError)            results that cannot be written
    ├── MemoryCeilingError (MemoryError) more than the memory that a run may take
    ├── ClusterError (RuntimeError)      a cluster that cannot be reached, or does not do the work
    └── MissingLibraryError (ImportError) a library, or what it needs of the system, that is not here

Each message is one sentence or two for a person: what is wrong, what would be accepted, what to do, and at its end what
was received. The command line prints it as it stands and exits with 1, or with 2 for a `UsageError`.
"""

from collections.abc import Iterable


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A question to put into a message, after a space, where a name is nearly one of those that there are.

    >>> did_you_mean("blurr", ["blur", "mean"]), did_you_mean("zzz", ["blur", "mean"])
    (' Did you mean blur?', '')
    """
    import difflib

    near = difflib.get_close_matches(name, known, n=1)
    return f" Did you mean {near[0]}?" if near else ""


def in_one_line(error: Exception, most: int = 300) -> str:
    """What an error of another library says, to quote in a sentence: at most so many letters, without a stop at the end.

    >>> in_one_line(ValueError("No file   of that name. "))
    'No file of that name'
    """
    return (" ".join(str(error).split())[:most] or type(error).__name__).rstrip(". ")


class XaifakeError(Exception):
    """The root: catching it catches all that xaifake refuses on purpose."""


class UsageError(XaifakeError, ValueError):
    """An option, a name or a value that cannot be used."""


class UnknownNameError(UsageError):
    """A plug-in, layer or field that does not exist."""


class PictureError(XaifakeError, ValueError):
    """A file that is no usable picture."""


class NoFaceError(PictureError):
    """A picture in which the locator finds no face."""


class ModelError(XaifakeError, ValueError):
    """A model that cannot be used as a detector."""


class ModelFileError(ModelError):
    """A file that is not a model, or a damaged one."""


class UnsafeModelError(ModelError):
    """A model whose loading could run code from the file."""


class IsolationError(ModelError):
    """The process that a model was to be shut in cannot be closed here, or it has ended."""


class NotADetectorError(ModelError):
    """A model that loads but does not score pictures."""


class NumbersError(ModelError):
    """A model that answers with NaN or infinity."""


class ContractError(XaifakeError, ValueError):
    """A contract that is wrong, or that does not fit its model."""


class DataError(XaifakeError, ValueError):
    """A data set on which no detector can be trained."""


class CaseError(XaifakeError, ValueError):
    """A saved case, review or audit that cannot be read."""


class OutputError(XaifakeError, OSError):
    """Results that cannot be written."""


class MemoryCeilingError(XaifakeError, MemoryError):
    """A run that does not fit under its memory ceiling."""


class ClusterError(XaifakeError, RuntimeError):
    """A cluster that cannot be reached, or does not do the work."""


class MissingLibraryError(XaifakeError, ImportError):
    """A library, or what it needs of the system, that is not here."""
