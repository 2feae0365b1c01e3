"""Working ahead: order, laziness, errors, and no thread left behind."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from xaifake.ahead import ahead


def threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("xaifake-ahead")]


def counted(taken: list[int]) -> Iterator[int]:
    """0, 1, 2 and so on without end; what was taken is noted."""
    number = 0
    while True:
        taken.append(number)
        yield number
        number += 1


def test_answers_come_in_order_whichever_is_ready_first() -> None:
    """The first take longest, and still come first."""

    def slower_first(number: int) -> int:
        time.sleep(0.02 if number < 2 else 0)
        return number * number

    assert [0, 1, 4, 9, 16] == list(ahead(slower_first, range(5), 3))
    assert [] == list(ahead(slower_first, [], 3))


def test_no_more_is_taken_than_was_asked_for_and_the_look_ahead() -> None:
    """Of an endless iterator, after three answers with four ahead: seven."""
    taken: list[int] = []
    answers = ahead(lambda number: number, counted(taken), 4)

    assert not taken  # nothing is taken before somebody asks
    assert [0, 1, 2] == [next(answers) for _ in range(3)]
    assert list(range(7)) == taken
    answers.close()


def test_work_goes_on_while_the_caller_is_busy() -> None:
    """The second item's work is done before anybody asks for its answer."""
    done = threading.Event()
    answers = ahead(lambda number: done.set() if number else None, range(2), 2)

    next(answers)

    assert done.wait(5)
    answers.close()


@pytest.mark.parametrize("end", ["closed", "dropped", "interrupted", "used up"])
def test_no_thread_is_left(end: str) -> None:
    """Whether it is closed, dropped, interrupted between two answers, or used up."""
    answers = ahead(lambda number: number, range(9), 4)
    assert next(answers) == 0
    assert threads()

    if end == "closed":
        answers.close()
    elif end == "interrupted":
        with pytest.raises(KeyboardInterrupt):
            answers.throw(KeyboardInterrupt())
    elif end == "used up":
        assert [1, 2, 3, 4, 5, 6, 7, 8] == list(answers)
    del answers

    assert not threads()


def test_an_error_is_raised_in_its_place() -> None:
    """What came before it is given, what comes after is not begun again, and no thread is left."""
    answers = ahead(lambda number: 6 // (2 - number), range(9), 2)

    assert [3, 6] == [next(answers), next(answers)]
    with pytest.raises(ZeroDivisionError):
        next(answers)
    with pytest.raises(StopIteration):
        next(answers)
    assert not threads()
