"""Small mistakes, planted one at a time: what `mutation.py` puts to the tests.

A mutant is a module in which one expression is another: a bound is crossed one step sooner, a sign is turned, a number is
one more, a condition is its opposite, a call is left out. Left alone are annotations, decorators, what errors say, what is
logged, and ``strict=``, which only guards against a mistake elsewhere.
"""

from __future__ import annotations

import ast
import copy
import inspect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType
from typing import Any

COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
OPERATIONS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitAnd,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}
UNTOUCHED = {"annotation", "returns", "decorator_list", "type_params"}
"""Fields of a syntax tree that change nothing a test could tell, or nothing at all."""


@dataclass(frozen=True)
class Mutant:
    """One module with one mistake.

    Attributes:
        file: from the checkout's root.
        function: in which the mistake is, with its classes; empty where it is in the module itself.
        lines: of the statement that holds it, the first and the last.
        change: what was written, and what is now.
        within: whether it changes a function's body alone, and nothing that is done when the module is imported.
        code: of the whole module.
    """

    file: str
    function: str
    lines: tuple[int, int]
    change: str
    within: bool
    code: CodeType

    @property
    def told(self) -> dict[str, Any]:
        """For the record."""
        return {"file": self.file, "function": self.function, "line": self.lines[0], "change": self.change}


def mutants_of(path: Path, file: str) -> Iterator[Mutant]:
    """All mutants of one module, in the order of its lines."""
    tree = ast.parse(path.read_text("utf-8"))
    original = _at_import(compile(tree, str(path), "exec"))
    for function, statement, node in _places(tree, "", None):
        for target, mistaken in _mistakes(node):
            ast.fix_missing_locations(ast.copy_location(mistaken, target))
            mutated = copy.deepcopy(tree, {id(target): mistaken})
            change = f"{ast.unparse(target)} → {ast.unparse(mistaken)}"
            lines = statement.lineno, _last_line(statement)
            code = compile(mutated, str(path), "exec")
            yield Mutant(file, function, lines, change, _at_import(code) == original, code)


def _at_import(code: CodeType) -> list[Any]:
    """What a module does when it is imported, classes included, functions' bodies left out."""
    consts = [_at_import(each) if isinstance(each, CodeType) else repr(each) for each in code.co_consts]
    return [] if code.co_flags & inspect.CO_NEWLOCALS else [code.co_code, code.co_names, consts]


def _last_line(statement: ast.stmt) -> int:
    """Where a statement ends, or what it says before its block begins."""
    body = getattr(statement, "body", None)
    return body[0].lineno if body else statement.end_lineno or statement.lineno


def _places(node: ast.AST, function: str, statement: ast.stmt | None) -> Iterator[tuple[str, ast.stmt, ast.AST]]:
    """Every node that may be mistaken, with the function and the innermost statement around it."""
    if isinstance(node, ast.Raise | ast.Assert) or _is_silent(node):
        return
    if isinstance(node, ast.stmt):
        statement = node
    if statement is not None:
        yield function, statement, node
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        function = f"{function}.{node.name}".lstrip(".")
    if isinstance(node, ast.UnaryOp) and isinstance(node.operand, ast.Constant):
        return  # its sign is turned; of -1, the last and the open length, another number says little
    for name, value in ast.iter_fields(node):
        if name not in UNTOUCHED:
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    yield from _places(child, function, statement)


def _is_silent(node: ast.AST) -> bool:
    """Whether it is a docstring, a line of the log, or a guard of lengths."""
    if isinstance(node, ast.Expr):
        called = node.value.func if isinstance(node.value, ast.Call) else None
        logs = isinstance(called, ast.Attribute) and ast.unparse(called).startswith(("logging.", "LOG.", "log."))
        return isinstance(node.value, ast.Constant) or logs
    return isinstance(node, ast.keyword) and node.arg == "strict"


def _mistakes(node: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
    """What could stand in this node's place, or in the place of its conditions."""
    match node:
        case ast.Compare(ops=operators):
            for index, operator in enumerate(operators):
                others = [*operators[:index], COMPARISONS[type(operator)](), *operators[index + 1 :]]
                yield node, ast.Compare(node.left, others, node.comparators)
        case ast.BinOp(left=left, op=operator, right=right) if type(operator) in OPERATIONS:
            yield node, ast.BinOp(left, OPERATIONS[type(operator)](), right)
        case ast.BoolOp(op=operator, values=values):
            yield node, ast.BoolOp(ast.Or() if isinstance(operator, ast.And) else ast.And(), values)
        case ast.UnaryOp(operand=operand):
            yield node, copy.deepcopy(operand)
        case ast.Constant(value=bool(value)):
            yield node, ast.Constant(not value)
        case ast.Constant(value=int(value)):
            yield node, ast.Constant(value + 1)
        case ast.Constant(value=float(value)):
            yield node, ast.Constant(value * 2 if value else 1.0)
        case ast.Expr():
            yield node, ast.Pass()
        case ast.Break():
            yield node, ast.Continue()
        case ast.Continue():
            yield node, ast.Break()
        case ast.Call(func=ast.Name(id="min" | "max" as name), args=args, keywords=keywords):
            yield node, ast.Call(ast.Name("max" if name == "min" else "min", ast.Load()), args, keywords)
        case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test):
            yield from _opposites([test])
        case ast.comprehension(ifs=tests):
            yield from _opposites(tests)


def _opposites(tests: Sequence[ast.expr]) -> Iterator[tuple[ast.AST, ast.AST]]:
    """Conditions denied, where no mistake within them does it."""
    for test in tests:
        if isinstance(test, ast.Name | ast.Call | ast.Attribute | ast.NamedExpr | ast.Subscript):
            yield test, ast.UnaryOp(ast.Not(), test)
