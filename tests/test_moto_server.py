"""How moto's server sends an answer."""

import socket
from typing import Any

from werkzeug.serving import make_server

from tests.stand_ins.moto_extension.server import RequestHandler

LOCALHOST = "127.0.0.1"


def test_an_answer_is_sent_in_one_piece() -> None:
    """The connection is closed behind it: between two pieces the provider would find it closed."""

    def app(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [("Content-Length", "2")])
        return [b"{}"]

    server = make_server(LOCALHOST, 0, app)
    client, connection = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)  # keeps what is sent at once together
    with client, connection:
        client.send(b"GET / HTTP/1.1\r\nHost: aws\r\n\r\n")
        RequestHandler(connection, (LOCALHOST, 1), server)
        answer = client.recv(65536)
    server.server_close()
    assert answer.startswith(b"HTTP/1.1 200 OK")
    assert answer.endswith(b"\r\n\r\n{}")
