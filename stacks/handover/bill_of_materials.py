"""What a hand-over brings into an account: providers, charts and images, as a CycloneDX bill of materials."""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import DisjunctiveLicense
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.spdx import is_supported_id
from packageurl import PackageURL

from modules.kubeflow.catalogue import CATALOGUE
from stacks.handover.stack import Stack

PROVIDER_LICENCES = {"hashicorp/aws": "MPL-2.0", "hashicorp/helm": "MPL-2.0", "hashicorp/kubernetes": "MPL-2.0"}
"""Source: the file LICENSE of https://github.com/hashicorp/terraform-provider-aws, -helm and -kubernetes."""
UNKNOWN = "NOASSERTION"
"""SPDX's value for a licence that is not stated. Source: https://spdx.github.io/spdx-spec/v2.3/package-information/"""
UNLISTED_IMAGES = "only those that settings name; list the others with: helm template"
"""Of an official chart that is not in the catalogue."""


def bill_of_materials(platform: str, stacks: Sequence[Stack], content_hash: str) -> bytes:
    """CycloneDX 1.6 in JSON, deterministic: without time, and with a serial number derived from the content.

    An official chart outside of the catalogue names its images in its own files, which are not here: those that settings give it are
    listed, and the chart says so in a property. A licence is that of the source repository; what is inside an image has
    licences of its own, which only a scan of the image shows, so images have NOASSERTION.

    Args:
        platform: name of the platform.
        stacks: its stacks.
        content_hash: hash of all other files in the archive.

    Source: https://cyclonedx.org/docs/1.6/json/
    """
    bom = Bom(serial_number=uuid.uuid5(uuid.NAMESPACE_OID, content_hash), version=1)
    # the type requires a time; the schema and the writer do not, and it would change with each run
    bom.metadata.timestamp = None  # type: ignore[assignment]
    bom.metadata.component = Component(type=ComponentType.PLATFORM, name=platform, bom_ref=platform)
    found = [*providers(stacks), *charts(stacks), *images(stacks)]
    parts = {part.bom_ref.value: part for part in found}
    for _, part in sorted(parts.items(), key=lambda item: str(item[0])):
        bom.components.add(part)
    bom.register_dependency(bom.metadata.component, parts.values())
    return (JsonV1Dot6(bom).output_as_string(indent=2) + "\n").encode()


def providers(stacks: Iterable[Stack]) -> Iterator[Component]:
    """Terraform providers, each with its version constraint."""
    for stack in stacks:
        for provider in stack.terraform["required_providers"].values():
            yield Component(
                type=ComponentType.LIBRARY,
                name=provider["source"],
                bom_ref=f"terraform-provider:{provider['source']}",
                licenses=[licence(PROVIDER_LICENCES.get(provider["source"]))],
                properties=[Property(name="terraform:version_constraint", value=provider["version"])],
            )


def charts(stacks: Iterable[Stack]) -> Iterator[Component]:
    """Helm charts: official ones by repository, local ones with the hash of their files."""
    for stack in stacks:
        local = stack.local_charts
        for release in stack.releases.values():
            folder = release["chart"].removeprefix("${path.module}/")
            repository = release.get("repository", "")
            yield Component(
                type=ComponentType.APPLICATION,
                name=release["name"] if folder in local else release["chart"],
                version=release["version"],
                bom_ref=f"helm-release:{release['name']}",
                purl=None
                if folder in local
                else PackageURL("helm", None, release["chart"], release["version"], {"repository_url": repository}),
                hashes=[HashType(alg=HashAlgorithm.SHA_256, content=local[folder])] if folder in local else [],
                licenses=[licence(licence_of(release["name"]))],
                properties=[Property(name="kubeflow-aws:images", value=UNLISTED_IMAGES)] if is_extra(release) else [],
            )


def images(stacks: Iterable[Stack]) -> Iterator[Component]:
    """Container images in the stacks' outputs, and those in values of charts outside of the catalogue."""
    for stack in stacks:
        given = {
            image
            for address, release in stack.releases.items()
            if is_extra(release)
            for image in images_in(stack.values_of(address))
        }
        for image in sorted({*stack.outputs.get("images", {}).get("value", ()), *given}):
            name, version = image_parts(image)
            yield Component(
                type=ComponentType.CONTAINER,
                name=name,
                version=version,
                bom_ref=f"image:{image}",
                purl=purl(image),
                licenses=[licence(None)],
            )


def is_extra(release: Mapping[str, Any]) -> bool:
    """Whether a release is of an official chart of `extra_components`, whose images no table has."""
    return "repository" in release and licence_of(release["name"]) is None


def images_in(values: Any) -> Iterator[str]:
    """Images in values of a chart, by the two usual forms: `image: a/b:1`, or a mapping of repository and tag."""
    if isinstance(values, Mapping):
        repository, tag = values.get("repository"), values.get("digest") or values.get("tag")
        if isinstance(repository, str) and isinstance(tag, str | int | float):
            registry = f"{values['registry']}/" if isinstance(values.get("registry"), str) else ""
            yield f"{registry}{repository}{'@' if str(tag).startswith('sha256:') else ':'}{tag}"
        elif isinstance(values.get("image"), str) and ":" in values["image"]:
            yield values["image"]
        for value in values.values():
            yield from images_in(value)
    elif isinstance(values, list):
        for value in values:
            yield from images_in(value)


def licence(identifier: str | None) -> DisjunctiveLicense:
    """A licence by its SPDX identifier, or by name if it is unknown or not in SPDX's list."""
    if identifier is not None and is_supported_id(identifier):
        return DisjunctiveLicense(id=identifier)
    return DisjunctiveLicense(name=identifier or UNKNOWN)


def licence_of(release: str) -> str | None:
    """Licence of the source repository of a release's objects; None for objects of the platform's own and of extra charts.

    A component can be several releases: `dex`, `dex-objects`.
    """
    of = [entry for entry in CATALOGUE if release == entry.name or release.startswith(f"{entry.name}-")]
    return max(of, key=lambda entry: len(entry.name)).licence.partition(":")[0] if of else None


def image_parts(image: str) -> tuple[str, str]:
    """Name and tag or digest: `registry/name:tag`, `name@sha256:…`; without either it is `latest`."""
    if "@" in image:
        name, _, digest = image.partition("@")
        return name, digest
    name, colon, tag = image.rpartition(":")
    return (name, tag) if colon and "/" not in tag else (image, "latest")


def purl(image: str) -> PackageURL:
    """Package URL of an image.

    Source: https://github.com/package-url/purl-spec/blob/main/types-doc/oci-definition.md
    """
    name, version = image_parts(image)
    short = name.rpartition("/")[2].lower()
    if version.startswith("sha256:"):
        return PackageURL("oci", None, short, version, {"repository_url": name})
    return PackageURL("oci", None, short, None, {"repository_url": name, "tag": version})
