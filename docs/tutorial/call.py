"""Call the model with images of digits: `python call.py URL [--token-file FILE]`; needs Python only.

In the cluster the URL is http://digits-predictor.research.svc.cluster.local, without a token. From outside it is
https://digits-predictor-research.<your domain of models>, with a token of a service account.
Source: https://kserve.github.io/website/docs/concepts/architecture/data-plane/v2-protocol
"""

import argparse
import json
import sys
import urllib.error
import urllib.request
from pathlib import Path

HINTS = {
    302: "a token is required: --token-file",
    401: "the token has expired, or is of another cluster",
    403: "the token is for another audience than pipelines.kubeflow.org, or its account may not call this model",
    404: "there is no such model",
}


class SignInIsRefused(urllib.request.HTTPRedirectHandler):
    """Does not follow the gateway to the page on which users sign in."""

    def redirect_request(self, *_: object) -> None:
        """Nothing: the answer is an error."""


OPENER = urllib.request.build_opener(SignInIsRefused)


def images() -> list[list[float]]:
    """Images of the file images.json in the folder of this program: 64 numbers each, 0 is white and 1 is black."""
    found: list[list[float]] = json.loads(Path(__file__).with_name("images.json").read_text(encoding="utf-8"))
    return found


def predict(url: str, some: list[list[float]], token: str = "", name: str = "digits") -> list[int]:
    """The digit that each image shows.

    Raises:
        SystemExit: the model cannot be reached or refuses the request.
    """
    tensor = {
        "name": "images",
        "shape": [len(some), 64],
        "datatype": "FP32",
        "data": [value for one in some for value in one],
    }
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    request = urllib.request.Request(
        f"{url.rstrip('/')}/v2/models/{name}/infer", json.dumps({"inputs": [tensor]}).encode(), headers
    )
    try:
        with OPENER.open(request, timeout=120) as answer:  # a model at zero takes a minute to start
            return [int(value) for value in json.load(answer)["outputs"][0]["data"]]
    except urllib.error.HTTPError as error:
        raise SystemExit(
            f"{request.full_url}: {error.code} {HINTS.get(error.code) or error.read().decode()[:300]}"
        ) from error
    except urllib.error.URLError as error:
        raise SystemExit(f"{request.full_url}: {error.reason}") from error


def main() -> None:
    """Print the digits."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("--token-file", type=argparse.FileType(), help="- reads the standard input")
    parser.add_argument("--name", default="digits", help="of the model, if it is not digits")
    parser.add_argument("--dark", action="store_true", help="darken the images, for the drift monitor to notice")
    parser.add_argument("--times", type=int, default=1, help="send the images so many times")
    options = parser.parse_args()
    token = options.token_file.read().strip() if options.token_file else ""
    some = images()
    if options.dark:
        some = [[min(1.0, value + 0.5) for value in one] for one in some]
    for _ in range(options.times):
        json.dump(predict(options.url, some, token, options.name), sys.stdout)
        print()


if __name__ == "__main__":
    main()
