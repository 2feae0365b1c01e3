"""Work done ahead in threads, while the caller is busy with what is ready."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")


def ahead(
    function: Callable[[Asked], Answer], items: Iterable[Asked], count: int, threads: int | None = None
) -> Generator[Answer]:
    """The function's answer to each item, in order, up to ``count`` of them computed before they are asked for.

    By so many threads; without a number one for each core, which suits work and not waiting.

    Items are taken from the caller's thread, no more than ``count`` beyond those answered. Whoever closes this generator, or
    drops it, waits for what the threads have begun, and no thread is left. An error of the function is raised in its place.

    >>> list(ahead(abs, iter([-3, 1, -2]), 2))
    [3, 1, 2]
    """
    left = iter(items)
    with ThreadPoolExecutor(min(count, threads or os.cpu_count() or 1), "xaifake-ahead") as pool:
        waiting: deque[Future[Answer]] = deque()
        try:
            waiting.extend(pool.submit(function, item) for item in islice(left, count))
            while waiting:
                answer = waiting.popleft().result()
                waiting.extend(pool.submit(function, item) for item in islice(left, 1))
                yield answer
        finally:
            for future in waiting:
                future.cancel()
