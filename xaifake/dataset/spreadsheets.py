"""Tables as CSV that no spreadsheet computes, and the texts of such cells as they were.

Spreadsheets take a cell for a formula that begins with one of a few signs, also behind spaces or quotes, and some of them in
full width. They may part cells elsewhere than we do, at semicolons, tabs or line ends, so what follows one within a text
counts as a beginning, too (OWASP, "CSV Injection").
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

FORMULA = re.compile(r"""(?<![\s",;'])([\s",;']*+)([=+\-@＝＋－＠])""")
"""A sign that may begin a formula, and what stands between it and the text before."""
PARTS = frozenset(",;\t\r\n\v\f\x85\u2028\u2029")
"""Where a spreadsheet may begin another cell."""


def csv_bytes(table: pa.Table) -> bytes:
    """A table as UTF-8 CSV: texts in quotes and made harmless, names of columns too; what is not known is empty."""
    import pyarrow as pa
    import pyarrow.csv

    def told(column: pa.ChunkedArray) -> pa.ChunkedArray | pa.Array:
        if not pa.types.is_string(column.type):
            return column
        return pa.array([text if text is None else harmless(text) for text in column.to_pylist()], pa.string())

    stream = io.BytesIO()
    columns, names = map(told, table.columns), map(harmless, table.column_names)
    pa.csv.write_csv(pa.Table.from_arrays(list(columns), list(names)), stream)
    return stream.getvalue()


def texts(told: Iterable[str | None]) -> pa.Array:
    """A column of texts, empty ones as null. Names of files may hold what is no UTF-8; such bytes are written as escapes."""
    import pyarrow as pa

    return pa.array([str(text).encode("utf-8", "backslashreplace").decode() if text else None for text in told], pa.string())


def harmless(text: str) -> str:
    """The text with an apostrophe before each sign that may begin a formula; numbers that are no texts need none.

    >>> harmless("=1+1"), harmless("a;=1"), harmless("a-b, c"), harmless("'=1")
    ("'=1+1", "a;'=1", 'a-b, c', "''=1")
    """
    return FORMULA.sub(lambda found: f"{found[1]}{chr(39) if _begins(found) else ''}{found[2]}", text)


def restored(text: str) -> str:
    """What `harmless` was given.

    >>> restored("'=1+1"), restored("a;'=1"), restored("it's"), restored("''=1")
    ('=1+1', 'a;=1', "it's", "'=1")
    """
    return FORMULA.sub(lambda found: f"{found[1].removesuffix(chr(39)) if _begins(found) else found[1]}{found[2]}", text)


def _begins(found: re.Match[str]) -> bool:
    """Whether the sign stands where a cell begins, or might."""
    return found.start() == 0 or not PARTS.isdisjoint(found[1])
