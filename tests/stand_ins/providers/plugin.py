"""A stand-in as an executable that Terraform starts itself: mirror folder, handshake, TLS.

One smoke test needs it; everything else is faster attached. Each process has a cluster of its own.
Source: https://github.com/hashicorp/go-plugin/blob/main/docs/internals.md
"""

import base64
import datetime
import os
import sys
import tempfile
import threading
from pathlib import Path

import grpc  # type: ignore[import-untyped]
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from .attach import BEHAVIOURS
from .charts import ChartFolders
from .clusters import Clusters
from .protocol import grpc_server
from .provider import Provider

# Terraform sets it, so that a start of the program by hand prints this message.
COOKIE = ("TF_PLUGIN_MAGIC_COOKIE", "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2")


def install(mirror: Path, name: str, version: str, platform: str) -> None:
    """Put a stand-in into a filesystem mirror, unpacked layout.

    Only a wrapper goes there: Terraform's lock file holds the hash of the file in the mirror.

    Args:
        mirror: top folder, what `filesystem_mirror.path` names.
        name: `helm` or `kubernetes`.
        version: what it claims to be.
        platform: `linux_amd64`.
    """
    folder = mirror / "registry.terraform.io" / "hashicorp" / name / version / platform
    folder.mkdir(parents=True)
    file = folder / f"terraform-provider-{name}_v{version}"
    root = Path(__file__).parents[3]
    file.write_text(
        f"#!{sys.executable}\nimport sys\nsys.path.insert(0, {str(root)!r})\n"
        f"from tests.stand_ins.providers.plugin import main\nmain({name!r})\n",
        encoding="utf-8",
    )
    file.chmod(0o755)


def main(name: str) -> None:
    """Serve until Terraform says that it is done."""
    if os.environ.get(COOKIE[0]) != COOKIE[1]:
        sys.exit("This is a Terraform provider; terraform starts it, nobody else.")
    provider = Provider(name, BEHAVIOURS[name], Clusters(), ChartFolders(), Path.cwd())
    done = threading.Event()
    server = grpc_server(provider.handle, done.set)
    # A socket path has room for 107 bytes, which a test's own folder may exceed.
    with tempfile.TemporaryDirectory(prefix="tf-") as folder:
        address = f"{folder}/provider.sock"
        key, certificate = _self_signed()
        server.add_secure_port(f"unix:{address}", grpc.ssl_server_credentials([(key, certificate)]))
        server.start()
        encoded = base64.b64encode(_der(certificate)).decode().rstrip("=")
        print(f"1|6|unix|{address}|grpc|{encoded}", flush=True)
        done.wait()
        server.stop(grace=1).wait()


def _self_signed() -> tuple[bytes, bytes]:
    """Key and certificate in PEM. Terraform trusts exactly the certificate that the handshake line carries."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=5))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    pem = serialization.Encoding.PEM
    return key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain), certificate.public_bytes(pem)


def _der(certificate: bytes) -> bytes:
    return x509.load_pem_x509_certificate(certificate).public_bytes(serialization.Encoding.DER)
