"""A client of pyright's language server, as far as editors need it to show what a name is."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SERVER = Path(sys.executable).with_name("basedpyright-langserver")


class LanguageServer:
    """A running server.

    Source: https://microsoft.github.io/language-server-protocol/specifications/lsp/3.17/specification/
    """

    def __init__(self, process: subprocess.Popen[bytes], folder: Path) -> None:
        self.process = process
        self.requests = 0
        roots = [{"uri": folder.as_uri(), "name": folder.name}]
        hover = {"textDocument": {"hover": {"contentFormat": ["plaintext"]}}}
        self.request("initialize", {"processId": None, "workspaceFolders": roots, "capabilities": hover})
        self._send({"method": "initialized", "params": {}})

    def hover(self, file: Path, name: str) -> str:
        """What an editor shows at the first occurrence of a name in a file."""
        text = file.read_text(encoding="utf-8")
        document = {"uri": file.as_uri(), "languageId": "python", "version": 1, "text": text}
        self._send({"method": "textDocument/didOpen", "params": {"textDocument": document}})
        before = text[: text.index(name)]
        position = {"line": before.count("\n"), "character": len(before.rpartition("\n")[2]) + 1}
        shown = self.request("textDocument/hover", {"textDocument": {"uri": file.as_uri()}, "position": position})
        return str(shown["contents"]["value"])

    def request(self, method: str, params: Any) -> Any:
        """The result of a request; requests of the server are answered with nothing."""
        self.requests += 1
        self._send({"id": self.requests, "method": method, "params": params})
        while True:
            message = self._receive()
            if "method" not in message and message.get("id") == self.requests:
                return message["result"]
            if "method" in message and "id" in message:
                asked = message["params"].get("items", []) if message["method"] == "workspace/configuration" else None
                self._send({"id": message["id"], "result": None if asked is None else [{} for _ in asked]})

    def _send(self, message: dict[str, Any]) -> None:
        assert self.process.stdin is not None
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self.process.stdin.flush()

    def _receive(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        length = 0
        while line := self.process.stdout.readline().strip():
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        message: dict[str, Any] = json.loads(self.process.stdout.read(length))
        return message


@contextmanager
def language_server(folder: Path) -> Iterator[LanguageServer]:
    """A server for one folder; it ends with the block."""
    with subprocess.Popen([SERVER, "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        try:
            yield LanguageServer(process, folder)
        finally:
            process.kill()
