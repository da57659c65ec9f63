"""Watch whether the images sent to the model are still like those that it was trained on.

KServe's logger sends a copy of each request. This program compares how dark the images are with the training data, by the population
stability index: below 0.1 nothing has changed, above 0.2 look at the data and train again.
Source: https://kserve.github.io/website/docs/model-serving/predictive-inference/logger/basic-logger
"""

import json
import os
import threading
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import boto3
import numpy

REQUEST = "org.kubeflow.serving.inference.request"
PIXELS = 64


class Window:
    """The last images that were sent to the model."""

    def __init__(self, reference: dict[str, list[float]], size: int) -> None:
        """`reference`: edges of nine intervals of darkness and the share of training images in each, from pipeline.py."""
        self.edges, self.share = numpy.array(reference["edges"]), numpy.array(reference["share"])
        self.intervals: deque[int] = deque(maxlen=size)
        self.images = 0
        self.lock = threading.Lock()

    def add(self, body: dict[str, Any]) -> None:
        """Images of one request, in the form of the open inference protocol.

        Raises:
            KeyError, IndexError, ValueError: the body is not such a request.
        """
        ink = numpy.array(body["inputs"][0]["data"], dtype="float64").reshape(-1, PIXELS).mean(axis=1)
        with self.lock:
            self.intervals.extend(numpy.searchsorted(self.edges, ink).tolist())
            self.images += len(ink)

    def drift(self) -> float:
        """Population stability index of the window; 0 without images."""
        with self.lock:
            counts = numpy.bincount(list(self.intervals), minlength=len(self.share)).astype(float)
        if not counts.sum():
            return 0.0
        now = numpy.clip(counts / counts.sum(), 1e-3, None)  # an empty interval would be infinite
        before = numpy.clip(self.share, 1e-3, None)
        return float(((now - before) * numpy.log(now / before)).sum())

    def metrics(self) -> str:
        """For Prometheus."""
        return (
            "# TYPE digits_images_total counter\n"
            f"digits_images_total {self.images}\n"
            "# TYPE digits_drift_index gauge\n"
            f"digits_drift_index {self.drift():.4f}\n"
        )


def handler(window: Window) -> type[BaseHTTPRequestHandler]:
    """Handler of KServe's events (POST) and of Prometheus (GET /metrics)."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            if self.headers.get("ce-type") != REQUEST:
                return self.answer(202, "not a request\n")
            try:
                window.add(json.loads(body))
            except (KeyError, IndexError, ValueError) as error:
                return self.answer(400, f"not an inference request: {error}\n")
            index = window.drift()
            print(f"{window.images} images, drift {index:.3f}{', look at the data' if index > 0.2 else ''}", flush=True)
            return self.answer(202, "")

        def do_GET(self) -> None:
            self.answer(200, window.metrics()) if self.path == "/metrics" else self.answer(404, "see /metrics\n")

        def answer(self, status: int, text: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.send_header("Content-Length", str(len(text.encode())))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *arguments: Any) -> None:
            """Nothing: kubelet and Prometheus call it every few seconds."""

    return Handler


def main() -> None:
    """Read the reference from the team's folder, and serve."""
    bucket, _, prefix = f"{os.environ['ARTIFACT_ROOT']}digits".removeprefix("s3://").partition("/")
    stored = boto3.client("s3").get_object(Bucket=bucket, Key=f"{prefix}/data/reference.json")["Body"].read()
    window = Window(json.loads(stored), int(os.environ.get("WINDOW", "200")))
    server = ThreadingHTTPServer(("", int(os.environ.get("PORT", "8080"))), handler(window))
    print(f"port {server.server_port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
