"""The layers of the code, kept: who may import whom, and what may be done where only."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MAY_IMPORT = {
    "app": {"app"},
    "engine": {"engine"},
    "loaders": {"app", "loaders"},
    "resolvers": {"app", "engine", "loaders", "resolvers"},
    "asgi.py": {"app", "resolvers"},
    "check.py": {"app", "asgi"},
    "serve.py": {"app", "asgi"},
    "cli.py": set(),  # names its commands' modules as text and imports them when they are called
}
ROOFS = {"asgi", "check", "cli", "serve"}
OURS = {name for name in MAY_IMPORT if not name.endswith(".py")} | ROOFS
MODULES = sorted(
    path
    for name in MAY_IMPORT
    for path in ([ROOT / name] if name.endswith(".py") else (ROOT / name).rglob("*.py"))
    if "versions" not in path.parts
)

each_module = pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))


def imports(tree: ast.AST) -> set[str]:
    """The modules that a tree imports, as they are written."""
    nodes = list(ast.walk(tree))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return plain | {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}


def foreign(name: str, source: str) -> set[str]:
    """Which of our packages `source`, in package `name`, imports and must not."""
    return {module.split(".")[0] for module in imports(ast.parse(source))} & OURS - MAY_IMPORT[name]


@each_module
def test_imports_point_down(path):
    name = path.relative_to(ROOT).parts[0]
    assert foreign(name, path.read_text()) == set(), f"{name} may import {MAY_IMPORT[name]} only"


def test_a_wrong_import_is_noticed():
    assert foreign("app", "from resolvers.schema import schema") == {"resolvers"}
    assert foreign("loaders", "import engine.fields, app.db") == {"engine"}
    assert foreign("resolvers", "from asgi import create") == {"asgi"}


@each_module
def test_imports_stand_at_the_top(path):
    inner = [
        node.lineno
        for function in ast.walk(ast.parse(path.read_text()))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert inner == [], "an import inside a function hides a cycle or a layer"


@each_module
def test_what_belongs_to_one_place_stays_there(path):
    allowed = {
        ".commit(": "app/db/database.py",
        "os.environ": "app/environment.py",
        "getenv": "app/environment.py",
        "BaseHTTPMiddleware": "",
        "import_module": "cli.py app/tracing/start.py",
    }
    relative, source = str(path.relative_to(ROOT)), path.read_text()
    found = [
        word for word, place in allowed.items() if word in source and relative not in place.split()
    ]
    assert found == []


def test_the_engine_knows_graphql_only():
    known = {"graphql", "strawberry", "engine"}
    standard = __import__("sys").stdlib_module_names
    modules = {
        module.split(".")[0]
        for path in (ROOT / "engine").rglob("*.py")
        for module in imports(ast.parse(path.read_text()))
    }
    assert modules - standard <= known


@pytest.mark.parametrize(
    "path",
    sorted((ROOT / "tests/engine").rglob("*.py")),
    ids=lambda p: str(p.relative_to(ROOT / "tests/engine")),
)
def test_the_tests_of_the_engine_know_the_engine_only(path):
    """It could be published with them as it is."""
    modules = imports(ast.parse(path.read_text()))
    assert foreign("engine", path.read_text()) == set()
    assert {
        one for one in modules if one.startswith("tests") and one[:12] != "tests.engine"
    } == set()


def test_no_module_is_in_an_import_cycle():
    graph = {_name(path): _needs(path) for path in MODULES}
    while leaves := [name for name, needs in graph.items() if not needs & graph.keys()]:
        for name in leaves:
            del graph[name]
    assert graph == {}


def _name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def _needs(path: Path) -> set[str]:
    """Modules imported at run time: what only type checkers see may be circular."""
    tree = ast.parse(path.read_text())
    tree.body = [node for node in tree.body if not isinstance(node, ast.If)]
    names = {_name(path) for path in MODULES}
    found = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:  # a module of the package, or a name in it
                module = f"{node.module}.{alias.name}"
                found.add(module if module in names else node.module)
    return found - {_name(path)}
