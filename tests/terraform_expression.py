"""Evaluates the expressions of Terraform that the check of charts consists of, without Terraform: it takes milliseconds.

Source: https://developer.hashicorp.com/terraform/language/expressions
"""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

TOKEN = re.compile(r'\s*(=>|==|!=|\$\{|[A-Za-z_][\w-]*(?:\.\w+)*|"|[\[\]{}():,!])')
STRING = re.compile(r'\$\{|"|\\.|[^\\"$]+|\$')


def known_names(module: Path) -> Mapping[str, Any]:
    """The functions and values of Terraform that the expressions read."""
    return {
        "basename": lambda path: Path(path).name,
        "fileset": lambda folder, pattern: {
            path.relative_to(folder).as_posix() for path in Path(folder).glob(f"{pattern}/*") if path.is_file()
        },
        "filesha256": lambda path: hashlib.sha256(Path(path).read_bytes()).hexdigest(),
        "join": lambda separator, texts: separator.join(texts),
        "sha256": lambda text: hashlib.sha256(text.encode()).hexdigest(),
        "sort": sorted,
        "startswith": lambda text, prefix: text.startswith(prefix),
        "path.module": str(module),
    }


def value_of(expression: str, local: Mapping[str, Any], module: Path) -> Any:
    """The value of a string of the JSON syntax that is one expression, `${…}`.

    Args:
        expression: the string.
        local: the stack's local values, evaluated when they are read.
        module: the stack's folder.
    """
    return _Reader(expression, local, module).whole()


class _Reader:
    """Reads an expression; the result of each part is a function of the names that `for` binds."""

    def __init__(self, text: str, local: Mapping[str, Any], module: Path) -> None:
        self.text, self.position = text, 0
        self.local, self.module = local, module
        self.known = known_names(module)

    def whole(self) -> Any:
        self.expect("${")
        result = self.expression()
        self.expect("}")
        assert self.position == len(self.text), self.text[self.position :]
        return result({})

    def peek(self) -> str:
        found = TOKEN.match(self.text, self.position)
        assert found, f"not understood: {self.text[self.position :]}"
        return found[1]

    def take(self) -> str:
        token = self.peek()
        self.position = self.text.index(token, self.position) + len(token)
        return token

    def expect(self, token: str) -> None:
        assert self.take() == token, self.text[self.position :]

    def expression(self) -> Callable[[Mapping[str, Any]], Any]:
        left = self.operand()
        if self.peek() not in ("==", "!="):
            return left
        equal, right = self.take() == "==", self.operand()
        return lambda names: (left(names) == right(names)) is equal

    def operand(self) -> Callable[[Mapping[str, Any]], Any]:
        match token := self.take():
            case "!":
                inner = self.operand()
                return lambda names: not inner(names)
            case '"':
                return self.string()
            case "[" | "{":
                return self.for_each("]" if token == "[" else "}")
        if self.peek() == "(":
            return self.call(self.known[token])
        found = self.name(token)
        if self.peek() != "[":
            return found
        self.expect("[")
        key = self.expression()
        self.expect("]")
        return lambda names: found(names)[key(names)]

    def call(self, function: Callable[..., Any]) -> Callable[[Mapping[str, Any]], Any]:
        self.expect("(")
        arguments = [self.expression()]
        while self.peek() == ",":
            self.take()
            arguments.append(self.expression())
        self.expect(")")
        return lambda names: function(*(argument(names) for argument in arguments))

    def name(self, token: str) -> Callable[[Mapping[str, Any]], Any]:
        if token.startswith("local."):
            value = self.local[token.removeprefix("local.")]
            return lambda _: value_of(value, self.local, self.module) if isinstance(value, str) else value
        return lambda names: names[token] if token in names else self.known[token]

    def for_each(self, end: str) -> Callable[[Mapping[str, Any]], Any]:
        self.expect("for")
        bound = [self.take()]
        if self.peek() == ",":
            self.take()
            bound.append(self.take())
        self.expect("in")
        source = self.expression()
        self.expect(":")
        first = self.expression()
        second = None
        if self.peek() == "=>":
            self.take()
            second = self.expression()
        condition: Callable[[Mapping[str, Any]], Any] = lambda _: True  # noqa: E731
        if self.peek() == "if":
            self.take()
            condition = self.expression()
        self.expect(end)

        def scopes(names: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
            items = source(names)
            for item in items.items() if len(bound) == 2 else ((one,) for one in items):
                scope = {**names, **dict(zip(bound, item, strict=True))}
                if condition(scope):
                    yield scope

        if second is not None:
            return lambda names: {first(scope): second(scope) for scope in scopes(names)}
        return lambda names: [first(scope) for scope in scopes(names)]

    def string(self) -> Callable[[Mapping[str, Any]], str]:
        parts: list[Callable[[Mapping[str, Any]], Any]] = []
        while True:
            found = STRING.match(self.text, self.position)
            assert found, self.text[self.position :]
            self.position = found.end()
            text = found[0]
            if text == '"':
                return lambda names: "".join(str(part(names)) for part in parts)
            if text == "${":
                parts.append(self.expression())
                self.expect("}")
            else:
                plain = {"\\n": "\n", '\\"': '"'}.get(text, text)
                parts.append(lambda _, plain=plain: plain)  # type: ignore[misc]
