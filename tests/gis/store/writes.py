"""Finds, in source text, every act that may write to a database or a layer file: for the test of the one write path.

An act is named by the function it stands in, so that an allow-list says who may do it and why.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

_EXECUTES = {"execute", "executemany", "executescript"}
_SQL_WRITE = re.compile(
    r"(INSERT|UPDATE|DELETE|REPLACE|DROP|ALTER|CREATE|VACUUM|REINDEX|ATTACH|DETACH|ANALYZE|UPSERT|SAVEPOINT|BEGIN|"
    r"COMMIT|ROLLBACK|RELEASE)\b",
    re.IGNORECASE,
)
_PRAGMA_WRITE = re.compile(r"PRAGMA\s+\w+(\.\w+)?\s*=", re.IGNORECASE)
_HARMLESS_PRAGMA = re.compile(r"PRAGMA\s+(\w+\.)?(table_info|index_list|foreign_key_list|quick_check|integrity_check|"
                              r"table_list|table_xinfo|database_list|schema_version|journal_mode)\s*(\(|$)",
                              re.IGNORECASE)  # fmt: skip
_WITH_WRITE = re.compile(r"WITH\b.*\b(INSERT|UPDATE|DELETE|REPLACE)\b", re.IGNORECASE | re.DOTALL)
_BEFORE_SQL = re.compile(r"(\s|--[^\n]*\n|/\*.*?\*/)*", re.DOTALL)
_LAYER_WRITERS = {"write_dataframe", "to_file", "write_arrow", "to_gpkg", "to_sql"}
_MODULE_WRITERS = {"pyogrio", "geopandas", "gpd"}
_SAME_START = {"format", "strip", "replace", "rstrip", "lstrip"}
_UNKNOWN = "\0"


@dataclass(frozen=True)
class Act:
    """One act: the function that does it, what it is, and the text or the call."""

    where: str
    kind: str
    text: str


def acts(source: str, module: str) -> list[Act]:
    """All acts of a module."""
    finder = _Finder(module)
    tree = ast.parse(source)
    finder.learn_imports(tree)
    finder.names = [_assigned(tree)]
    finder.visit(tree)
    return finder.found


def _assigned(scope: ast.AST) -> dict[str, list[ast.expr]]:
    """Names and what is assigned to them in this scope; None of its inner functions."""
    found: dict[str, list[ast.expr]] = {}
    unknown = ast.Name(_UNKNOWN)
    todo = list(ast.iter_child_nodes(scope))
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Assign):
            for target in node.targets:
                for name in ast.walk(target):
                    if isinstance(name, ast.Name):
                        found.setdefault(name.id, []).append(node.value if target is name else unknown)
        elif isinstance(node, ast.AnnAssign | ast.NamedExpr) and isinstance(node.target, ast.Name) and node.value:
            found.setdefault(node.target.id, []).append(node.value)
        elif isinstance(node, ast.For | ast.comprehension):
            for name in ast.walk(node.target):
                if isinstance(name, ast.Name):
                    found.setdefault(name.id, []).append(unknown)
        elif isinstance(node, ast.arg):
            found.setdefault(node.arg, []).append(unknown)
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            todo.extend(ast.iter_child_nodes(node))
    return found


class _Finder(ast.NodeVisitor):
    def __init__(self, module: str) -> None:
        self.path = [module]
        self.names: list[dict[str, list[ast.expr]]] = []
        self.aliases: dict[str, str] = {}
        self.found: list[Act] = []

    def learn_imports(self, tree: ast.AST) -> None:
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                self.aliases |= {a.asname or a.name.partition(".")[0]: a.name for a in node.names}
            elif isinstance(node, ast.ImportFrom):
                self.aliases |= {a.asname or a.name: f"{node.module}.{a.name}" for a in node.names}

    def _enter(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
        self.path.append(node.name)
        self.names.append(_assigned(node))
        self.generic_visit(node)
        self.names.pop()
        self.path.pop()

    visit_FunctionDef = visit_AsyncFunctionDef = visit_ClassDef = _enter  # noqa: N815

    def _add(self, kind: str, text: str) -> None:
        self.found.append(Act(".".join(self.path), kind, " ".join(text.split())[:90]))

    def visit_Constant(self, node: ast.Constant) -> None:
        """SQL that lies somewhere, whoever runs it later."""
        if isinstance(node.value, str) and _looks_like_sql(node.value):
            self._add("sql", node.value)

    def visit_Call(self, node: ast.Call) -> None:
        name = self._called(node.func)
        last = name.rpartition(".")[2]
        if last in _EXECUTES and isinstance(node.func, ast.Attribute):
            self._execute(node, last)
        elif name == "sqlite3.connect" or (last == "connect" and name.startswith("sqlite3")):
            self._add("connect", ast.unparse(node))
        elif last in {"backup", "deserialize", "blobopen", "load_extension"} and isinstance(node.func, ast.Attribute):
            self._add(last, ast.unparse(node))
        elif (
            (name == "fiona.open" and _mode(node) != "r")
            or last in _LAYER_WRITERS
            or (last == "write" and name.partition(".")[0] in _MODULE_WRITERS)
        ):
            self._add("layer file", ast.unparse(node))
        self.generic_visit(node)

    def _called(self, func: ast.expr) -> str:
        text = ast.unparse(func)
        head, dot, rest = text.partition(".")
        return self.aliases.get(head, head) + dot + rest

    def _execute(self, node: ast.Call, method: str) -> None:
        if method == "executescript":
            self._add("script", ast.unparse(node))
            return
        for text in self._texts(node.args[0], 0) if node.args else [_UNKNOWN]:
            start = text[_BEFORE_SQL.match(text).end() :]  # type: ignore[union-attr]
            if start.startswith(_UNKNOWN) or not start:
                self._add("unreadable sql", ast.unparse(node))
            elif writes(start):
                self._add("sql", start.replace(_UNKNOWN, "…"))

    def _texts(self, node: ast.expr, depth: int) -> Iterator[str]:
        """The texts that an expression may be; what cannot be told is a null character."""
        if depth > 6:
            yield _UNKNOWN
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.JoinedStr):
            parts = [[v.value] if isinstance(v, ast.Constant) else list(self._texts(v.value, depth + 1))
                     for v in node.values if isinstance(v, ast.Constant | ast.FormattedValue)]  # fmt: skip
            yield from _combined(parts)
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod):
            right = list(self._texts(node.right, depth + 1)) if isinstance(node.op, ast.Add) else [""]
            yield from _combined([list(self._texts(node.left, depth + 1)), right])
        elif isinstance(node, ast.IfExp):
            yield from self._texts(node.body, depth + 1)
            yield from self._texts(node.orelse, depth + 1)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _SAME_START:
            yield from self._texts(node.func.value, depth + 1)
        elif isinstance(node, ast.Name):
            yield from self._named(node.id, depth)
        else:
            yield _UNKNOWN

    def _named(self, name: str, depth: int) -> Iterator[str]:
        for scope in reversed(self.names):
            if name in scope:
                for value in scope[name]:
                    yield from self._texts(value, depth + 1)
                return
        yield _UNKNOWN


def _combined(parts: list[list[str]]) -> list[str]:
    made = [""]
    for choices in parts:
        made = [m + c for m in made for c in choices][:50]
    return made


def _mode(node: ast.Call) -> str:
    given = [k.value for k in node.keywords if k.arg == "mode"] + node.args[1:2]
    value = given[0] if given else ast.Constant("r")
    return str(value.value) if isinstance(value, ast.Constant) else "?"


def writes(sql: str) -> bool:
    """True for a statement that changes a file, opens or ends a transaction, or sets how the file is written."""
    if _PRAGMA_WRITE.match(sql):
        return True
    if sql[:6].upper() == "PRAGMA":
        return not _HARMLESS_PRAGMA.match(sql)
    return bool(_SQL_WRITE.match(sql) or _WITH_WRITE.match(sql))


_SQL_TEXT = re.compile(
    r"(INSERT\s+(OR\s+\w+\s+)?INTO|UPDATE\s+\S+\s+SET|DELETE\s+FROM|REPLACE\s+INTO|DROP\s+(TABLE|TRIGGER|INDEX|VIEW)|"
    r"ALTER\s+TABLE|CREATE\s+(TEMP\w*\s+|VIRTUAL\s+|UNIQUE\s+)?(TABLE|TRIGGER|INDEX|VIEW))\b",
    re.IGNORECASE,
)


def _looks_like_sql(text: str) -> bool:
    start = text[_BEFORE_SQL.match(text).end() :]  # type: ignore[union-attr]
    return bool(_SQL_TEXT.match(start))
