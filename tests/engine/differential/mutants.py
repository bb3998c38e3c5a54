"""Mistakes, made on purpose: each has to be noticed by a short look. Also a command:

python -m tests.engine.differential.mutants
"""

import asyncio
import importlib
import signal
import sys
import warnings
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from multiprocessing import get_context
from pathlib import Path
from types import CodeType
from typing import Any, NamedTuple

import strawberry  # noqa: F401 - imported once, before the processes of the mutants part

ROOT = Path(__file__).parents[3]
DOCUMENTS, SEEDS = 60, (1, 2)
PATIENCE = 30


class Endless(BaseException):
    """Nothing that runs takes it for an error of its own."""


class Mutant(NamedTuple):
    """In `module` of the engine, `old`, which is there once, has become `new`."""

    name: str
    module: str
    old: str
    new: str


MUTANTS = [
    Mutant(*one)
    for one in [
        ("null where none may be", "plan.complete",
         "return state.fail(TypeError(field.null), field.nodes) if shape.nonnull else None",
         "return None"),
        ("leaves are not coerced", "plan.complete",
         "return state.executor.complete_leaf_value(shape.type, value)", "return value"),
        ("an error among values is null", "plan.complete",
         "outs[place] = state.fail(value, field.nodes)", "outs[place] = None"),
        ("lists begin anew", "plan.complete",
         "start, end = end, end + len(value)", "start, end = 0, len(value)"),
        ("an Info tells the item", "plan.complete", "path = path.prev", "break"),
        ("lists are trusted", "plan.complete",
         "return one in _LISTS if", "return issubclass(one, list | tuple) if"),
        ("is_type_of is not listened to", "plan.complete", "return None if is_one else",
         "return None if True else"),
        ("one of the type is enough", "plan.complete", "and all(map(check, values))",
         "and any(map(check, values))"),
        ("awaitable leaves are null", "plan.complete",
         'raise UnexpectedValueError("an awaitable leaf")', "return None"),
        ("nulls stay where they are", "plan.report",
         "            if shape.nonnull:\n                raise", "            pass"),
        ("items have one place", "plan.report",
         "self._value(one, item, field, adapter.Path(path, place, None))",
         "self._value(one, item, field, adapter.Path(path, 0, None))"),
        ("a failed load is null", "plan.run",
         "values = [error] * count", "values = [None] * count"),
        ("arguments are not compared", "plan.run",
         "return (field.batch, *((name, type(one), one) for name, one in arguments.items()))",
         "return field.batch"),
        ("1 is True", "plan.run", "(name, type(one), one)", "(name, one)"),
        ("groups begin anew", "plan.run",
         "start, end = end, end + len(job.values)", "start, end = 0, len(job.values)"),
        ("changes are made twice", "plan.run",
         "if not plan.serial or state.first is None:", "if True:"),
        ("a change is told by its name", "plan.run",
         "adapter.Path(None, field.key, field.parent.name)",
         "adapter.Path(None, field.name, field.parent.name)"),
        ("what fails of a change is null", "plan.run",
         "executor.handle_field_error(error, type, field.details, path)", "pass"),
        ("changes go on after a failure", "plan.run",
         "return ExecutionResult(None, report.errors)", "continue"),
        ("a failed awaitable is null", "plan.run",
         "values[place] = state.fail(one, field.nodes) if isinstance(one, Exception) else one",
         "values[place] = None if isinstance(one, Exception) else one"),
        ("selections are not merged", "plan.compile",
         "executor.operation, type, field.details, executor.hide_suggestions,",
         "executor.operation, type, field.details[:1], executor.hide_suggestions,"),
        ("variables are in the plan", "plan.arguments",
         "elif not any(map(_uses_variables, nodes.values())):", "elif True:"),
        ("arguments are kept", "plan.arguments",
         "if not fixed(given):", "if False:"),
        ("missing variables are null", "plan.arguments",
         "if value is None:  # missing and null have rules of their own", "if False:"),
        ("a changed variable stays changed", "variables",
         "copied(values),", "values,"),
        ("any value fits a variable", "variables",
         "if type(value) is not exact or (exact is int and not _fits(value)):", "if False:"),
        ("integers have no end", "variables", "not _fits(value)", "False"),
        ("variables may be left out", "variables",
         "optional = not is_non_null_type(signature.type) and not definition.default_value",
         "optional = True"),
        ("selections are told by their field", "plan.compile",
         "key = (type.name, *(id(node) for node in field.nodes))", "key = (type.name, field.name)"),
        ("changes are made together", "plan.compile",
         "if executor.operation.operation is not OperationType.MUTATION:", "if True:"),
        ("guards are asleep", "plan.compile",
         "field.allowed, field.resolve = check, resolve", "field.resolve = resolve"),
        ("conditions are those of the first", "plans",
         "key = tuple(map(executor.variable_values.coerced.get, known.conditions))", "key = ()"),
        ("conditions in fragments are not seen", "plans",
         "if name in fragments and name not in spread:", "if False:"),
        ("a load may answer with too much", "fields", "if len(found) != parents:",
         "if len(found) < parents:"),
        ("integers have no end", "plan.codegen",
         "type({}) is int and -2147483648 <= v <= 2147483647", "type({}) is int"),
        ("nan is a number", "plan.codegen", "type({}) is float and isfinite(v)",
         "type({}) is float"),
        ("enums are their values", "plan.codegen",
         'f"members{number}[v._name_]"', '"v._value_"'),
        ("nothing is required", "plan.codegen", "    if nullable:", "    if True:"),
        ("what raises is null", "plan.codegen",
         "return state.fail(error, field.nodes)", "return None"),
        ("resolvers share their arguments", "plan.resolve",
         "if fixed(arguments):", "if True:"),
        ("a generator is read twice", "plan.resolve",
         "if isinstance(one, Iterator) else one", "if False else one"),
    ]
]  # fmt: skip


class _Finder(MetaPathFinder):
    """Finds the module of a mutant as it would be with the mistake."""

    def __init__(self, mutant: Mutant) -> None:
        self.name = f"engine.{mutant.module}"
        self.file = ROOT / f"{self.name.replace('.', '/')}.py"
        source = self.file.read_text()
        assert source.count(mutant.old) == 1, f"{mutant.name}: not there once"
        self.code = compile(source.replace(mutant.old, mutant.new), str(self.file), "exec")

    def find_spec(self, fullname: str, *_: Any) -> ModuleSpec | None:
        if fullname != self.name:
            return None
        loader = _Loader(fullname, str(self.file))
        loader.code = self.code
        return spec_from_file_location(fullname, self.file, loader=loader)


class _Loader(SourceFileLoader):
    code: CodeType

    def get_code(self, _fullname: str) -> CodeType:
        return self.code


def killed(mutant: Mutant) -> str | None:
    """How a mutant was noticed; None when it was not. To be called in a process of its own."""
    warnings.simplefilter("ignore")
    sys.meta_path.insert(0, _Finder(mutant))
    importlib.import_module("engine.engine").problem = lambda: None  # type: ignore[attr-defined]
    fuzz = importlib.import_module("tests.engine.differential.fuzz")
    # A mistake may make a loop without an end.
    signal.signal(signal.SIGALRM, _too_long)
    signal.alarm(PATIENCE)
    try:
        for seed in SEEDS:
            asyncio.run(fuzz.fuzz(DOCUMENTS, seed))
    except (Exception, Endless) as error:
        return f"{type(error).__name__} {error}".partition("\n")[0]
    return None


def _too_long(*_: Any) -> None:
    raise Endless(f"It takes more than {PATIENCE} s")


def survivors(mutants: Sequence[Mutant] = MUTANTS) -> list[str]:
    """The names of those that nobody noticed; two at a time."""
    with get_context("fork").Pool(2, maxtasksperchild=1) as pool:
        found = []
        for mutant, how in zip(mutants, pool.imap(killed, mutants), strict=True):
            print(f"{mutant.name}: {how or 'SURVIVED'}"[:150], flush=True)
            found.append(how)
    return [mutant.name for mutant, how in zip(mutants, found, strict=True) if how is None]


if __name__ == "__main__":
    sys.exit(len(survivors()))
