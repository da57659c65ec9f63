"""Write the schemas of the newest published bindings: `make provider-schemas`, or `python -m tests.published`.

Wheels of the cdktn bindings (71 MB for AWS) are downloaded by pip without their dependencies, which would want another
`constructs` than the project; they are read, and not installed. Only the types that the variants use are kept.
"""

import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.published.compact import compact, rendered
from tests.published.use import FILES, kinds_used
from tests.stand_ins.providers.bindings_schema import schema_of, typescript_in

BINDINGS = {"aws": "25.8.1", "helm": "15.1.0", "kubernetes": "17.1.0"}
"""Provider to the version of `cdktn-provider-<provider>`, which was built from the provider's schema."""
PROVIDER_VERSION = re.compile(r"registry\.terraform\.io/providers/hashicorp/\w+/([\d.]+)/docs", re.ASCII)
PREFIXES = {"resource": "", "data": "data-{provider}-", "ephemeral": "ephemeral-{provider}-"}


def tarball(provider: str, version: str, into: Path) -> Path:
    """The npm tarball within the published wheel.

    Raises:
        subprocess.CalledProcessError: pip could not download it.
    """
    wanted = f"cdktn-provider-{provider}=={version}"
    subprocess.run([sys.executable, "-m", "pip", "download", "--no-deps", "--dest", str(into), wanted], check=True)
    (wheel,) = into.glob(f"cdktn_provider_{provider}-{version}-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith(".jsii.tgz")]
        return Path(archive.extract(name, into))


def folder_of(kind: str, provider: str) -> str:
    """Folder of the bindings for a kind: `data aws_eks_addon` is in `data-aws-eks-addon`."""
    section, _, type_name = kind.partition(" ")
    return PREFIXES[section].format(provider=provider) + type_name.removeprefix(f"{provider}_").replace("_", "-")


def schemas(provider: str, version: str, kinds: Iterable[str]) -> dict[str, Any]:
    """The file's content: where it is from, and a compact schema for each kind and for the provider's own block."""
    folders = {kind: folder_of(kind, provider) for kind in sorted(kinds)}
    with tempfile.TemporaryDirectory() as temporary:
        packed = tarball(provider, version, Path(temporary))
        sources = typescript_in(str(packed), provider, ["provider", *folders.values()])
    found = PROVIDER_VERSION.search("\n".join(sources.values()))
    if found is None:
        raise ValueError(
            f"bindings of {provider} {version}: no link names the provider's version; look how they do now"
        )
    return {
        "bindings": f"cdktn-provider-{provider} {version}",
        "provider": f"hashicorp/{provider} {found[1]}",
        "kinds": {
            f"provider {provider}": compact(schema_of(sources["provider"])),
            **{kind: compact(schema_of(sources[folder])) for kind, folder in folders.items()},
        },
    }


for name, bindings in BINDINGS.items():
    content = schemas(name, bindings, kinds_used(name))
    FILES[name].write_text(rendered(content), encoding="utf-8")
    print(f"{FILES[name].name}: {content['provider']}, {len(content['kinds'])} kinds")
