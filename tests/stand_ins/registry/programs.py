"""Stand-ins for crane, skopeo and aws, as programs: `python programs.py NAME ARGUMENT…`. They talk to registries over HTTP.

Hosts of images are those of the real world; `REGISTRIES` (JSON, in the environment) has the address of each stand-in.
"""

import itertools
import json
import os
import sys
import urllib.error
import urllib.request
from pathlib import Path

ACCEPT = "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json"


def place(image: str) -> tuple[str, str]:
    """Base URL of the repository, and tag or digest."""
    name, at, digest = image.partition("@")
    host, _, rest = name.partition("/")
    path, colon, tag = rest.rpartition(":")
    if not colon:
        path, tag = rest, "latest"
    return f"http://{json.loads(os.environ['REGISTRIES'])[host]}/v2/{path}", digest if at else tag


def ask(method: str, url: str, body: bytes | None = None, kind: str = "") -> tuple[str, bytes, str]:
    headers = {"Accept": ACCEPT} | ({"Content-Type": kind} if kind else {})
    request = urllib.request.Request(url, data=body, method=method, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            found = answer.headers
            return found.get("Content-Type", ""), answer.read(), found.get("Docker-Content-Digest", "")
    except urllib.error.HTTPError as error:
        sys.exit(f"{method} {url}: unexpected status code {error.code}: {error.read().decode()}")


def copy(source: str, target: str) -> None:
    """An index with all that is in it, or one manifest: blobs first, then manifests, the tag last."""
    (here, reference), (there, tag) = place(source), place(target)
    kind, content, _ = ask("GET", f"{here}/manifests/{reference}")
    manifest = json.loads(content)
    for child in manifest.get("manifests", ()):
        _one(here, there, child["digest"], child["digest"])
    if "manifests" in manifest:
        ask("PUT", f"{there}/manifests/{tag}", content, kind)
    else:
        _one(here, there, reference, tag)


def _one(here: str, there: str, reference: str, name: str) -> None:
    kind, content, _ = ask("GET", f"{here}/manifests/{reference}")
    manifest = json.loads(content)
    for blob in (manifest["config"], *manifest["layers"]):
        ask("PUT", f"{there}/blobs/{blob['digest']}", ask("GET", f"{here}/blobs/{blob['digest']}")[1])
    ask("PUT", f"{there}/manifests/{name}", content, kind)


def aws(arguments: list[str]) -> None:
    """Account, password and repositories; the existing ones are in the file `REPOSITORIES`."""
    file = Path(os.environ["REPOSITORIES"])
    known = set(file.read_text(encoding="utf-8").split())
    name = next((after for before, after in itertools.pairwise(arguments) if "--repository-name" in before), "")
    match arguments[:2]:
        case ["sts", "get-caller-identity"]:
            print("111122223333")
        case ["ecr", "get-login-password"]:
            print("a-password")
        case ["ecr", "describe-repositories"]:
            sys.exit(0 if name in known else "RepositoryNotFoundException")
        case ["ecr", "create-repository"]:
            assert "IMMUTABLE" in arguments
            file.write_text("\n".join(sorted({*known, name})), encoding="utf-8")
        case _:
            sys.exit(f"aws {arguments}: not known here")


def run(program: str, arguments: list[str]) -> None:
    """One call of one program."""
    match [program, *arguments]:
        case ["aws", *_]:
            aws(arguments)
        case ["crane", "auth", "login", *_] | ["skopeo", "login", *_]:
            assert sys.stdin.read() == "a-password\n"
        case ["crane", "digest", image]:
            base, reference = place(image)
            print(ask("HEAD", f"{base}/manifests/{reference}")[2])
        case ["skopeo", "inspect", "--raw", image]:
            base, reference = place(image.removeprefix("docker://"))
            sys.stdout.buffer.write(ask("GET", f"{base}/manifests/{reference}")[1])
        case ["crane", "copy", source, target]:
            copy(source, target)
        case ["skopeo", "copy", "--all", "--preserve-digests", source, target]:
            copy(source.removeprefix("docker://"), target.removeprefix("docker://"))
        case _:
            sys.exit(f"{program} {arguments}: not known here")


if __name__ == "__main__":
    run(sys.argv[1], sys.argv[2:])
