"""Prints what the Python files named on standard input read, by CPython's ast.

One JSON object a line: {"path", "reads": [[line, column, name or "*"]]} in order of
place, or {"path", "error": true} where this CPython refuses the file. It knows
os.environ, os.environb and os.getenv under all names that imports and plain
assignments give them; columns count code points from 1, at the first character
behind the quote of a literal, else at the expression.
"""

import ast
import json
import sys
import warnings

warnings.simplefilter("ignore")
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


class Scope:
    def __init__(self, node, outer):
        self.node, self.outer, self.names = node, outer, {}

    def find(self, name):
        scope, inner = self, True
        while scope:
            if (inner or not isinstance(scope.node, ast.ClassDef)) and name in scope.names:
                return scope.names[name]
            scope, inner = scope.outer, False
        return "os" if name == "os" else None


class Finder:
    def __init__(self, text):
        self.lines = text.split("\n")
        self.reads = []

    def value(self, node, scope):
        """What an expression stands for: os, environ, getenv, get or None."""
        if isinstance(node, ast.Name):
            return scope.find(node.id)
        if isinstance(node, ast.Attribute):
            base = self.value(node.value, scope)
            if base == "os" or isinstance(node.value, ast.Attribute) and node.value.attr == "os":
                return {"environ": "environ", "environb": "environ", "getenv": "getenv", "getenvb": "getenv"}.get(node.attr)
            if base == "environ" and node.attr in ("get", "pop", "setdefault", "__getitem__", "__contains__", "keys"):
                return "environ." + node.attr
        if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or):
            return self.value(node.values[-1], scope)
        if isinstance(node, ast.IfExp):
            return self.value(node.body, scope) or self.value(node.orelse, scope)
        return None

    def bind(self, scope, name, what):
        if what or name not in scope.names:
            scope.names[name] = what

    def collect(self, body, scope):
        """Binds the names of one scope, not those of the functions in it."""
        stack = list(reversed(body))
        while stack:
            node = stack.pop()
            if isinstance(node, ast.Import):
                for a in node.names:
                    if a.name == "os" or a.name.startswith("os.") and not a.asname:
                        self.bind(scope, a.asname or "os", "os")
                    elif (a.asname or a.name) == "os":
                        self.bind(scope, "os", None)
            elif isinstance(node, ast.ImportFrom):
                for a in node.names:
                    what = None
                    if node.level == 0 and (node.module, a.name) in (("os", "environ"), ("os", "environb"), ("starlette.config", "environ")):
                        what = "environ"
                    if node.level == 0 and node.module == "os" and a.name in ("getenv", "getenvb"):
                        what = "getenv"
                    self.bind(scope, a.asname or a.name, what)
            elif isinstance(node, ast.Assign):
                for t in node.targets:
                    if isinstance(t, ast.Name):
                        self.bind(scope, t.id, self.value(node.value, scope))
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
                self.bind(scope, node.target.id, self.value(node.value, scope))
            if not isinstance(node, FUNCTIONS + (ast.ClassDef, ast.Lambda)):
                stack.extend(reversed(list(ast.iter_child_nodes(node))))

    def walk(self, node, scope):
        if isinstance(node, FUNCTIONS + (ast.ClassDef,)):
            inner = Scope(node, scope)
            if isinstance(node, FUNCTIONS):
                a = node.args
                plain = a.posonlyargs + a.args
                for arg in plain + a.kwonlyargs + [x for x in (a.vararg, a.kwarg) if x]:
                    self.bind(inner, arg.arg, None)
                for arg, default in list(zip(reversed(plain), reversed(a.defaults))) + list(zip(a.kwonlyargs, a.kw_defaults)):
                    if default:
                        self.bind(inner, arg.arg, self.value(default, scope))
            self.collect(node.body, inner)
            for name, value in ast.iter_fields(node):
                for child in value if isinstance(value, list) else [value]:
                    if isinstance(child, ast.AST):
                        self.walk(child, inner if name == "body" else scope)
            return
        self.look(node, scope)
        for child in ast.iter_child_nodes(node):
            if isinstance(node, ast.Expr) and isinstance(child, ast.Call) and self.value(child.func, scope) == "environ.pop":
                for argument in child.args:
                    self.walk(argument, scope)
                continue
            self.walk(child, scope)

    def look(self, node, scope):
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Subscript) and self.value(node.target.value, scope) == "environ":
            self.add(node.target.slice)
        elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load) and self.value(node.value, scope) == "environ":
            self.add(node.slice)
        elif isinstance(node, ast.Compare):
            left = node.left
            for op, right in zip(node.ops, node.comparators):
                of = right.func if isinstance(right, ast.Call) else right
                if isinstance(op, (ast.In, ast.NotIn)) and self.value(of, scope) in ("environ", "environ.keys"):
                    self.add(left)
                left = right
        elif isinstance(node, ast.Call):
            what = self.value(node.func, scope)
            if what == "getenv" or what and what.startswith("environ.") and what != "environ.keys":
                key = [k.value for k in node.keywords if k.arg == "key"]
                argument = node.args[0] if node.args else key[0] if key else None
                if argument:
                    self.add(argument)

    def add(self, node):
        line, column = node.lineno, node.col_offset
        text = self.lines[line - 1].encode()
        name = "*"
        if isinstance(node, ast.Constant) and isinstance(node.value, (str, bytes)):
            name = node.value if isinstance(node.value, str) else node.value.decode()
            rest = text[column:]
            prefix = len(rest) - len(rest.lstrip(b"rRbBuUfF"))
            quotes = rest[prefix:]
            column += prefix + (3 if quotes[:3] in (b"'''", b'"""') else 1)
        self.reads.append([line, len(text[:column].decode()) + 1, name])


def main():
    for path in sys.stdin.read().split("\0"):
        if not path:
            continue
        try:
            with open(path, encoding="utf-8") as file:
                text = file.read()
            tree = ast.parse(text)
            finder = Finder(text)
            root = Scope(tree, None)
            finder.collect(tree.body, root)
            for node in tree.body:
                finder.walk(node, root)
        except (SyntaxError, ValueError, RecursionError, UnicodeError):
            print(json.dumps({"path": path, "error": True}))
            continue
        print(json.dumps({"path": path, "reads": sorted(finder.reads)}))


main()
