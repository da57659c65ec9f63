"""Key sets and tokens, good and forged."""

import base64
import functools
import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa


def encoded(data: bytes) -> str:
    """Base64 as tokens have it: for addresses, without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass(frozen=True)
class Key:
    """An RSA key of an issuer."""

    id: str
    private: rsa.RSAPrivateKey

    @property
    def key_set(self) -> str:
        """What the issuer serves."""
        numbers = self.private.public_key().public_numbers()
        n, e = (encoded(number.to_bytes(-(-number.bit_length() // 8), "big")) for number in (numbers.n, numbers.e))
        return json.dumps({"keys": [{"kty": "RSA", "alg": "RS256", "use": "sig", "kid": self.id, "n": n, "e": e}]})

    def token(self, issuer: str, audience: str, *, algorithm: str = "RS256", **claims: Any) -> str:
        """A token of this key; a claim of None is left out.

        Args:
            issuer: `iss`.
            audience: `aud`.
            algorithm: RS256; `none` for no signature; HS256 signs with the public key set, as a confused checker would check.
            claims: further ones; `exp` is in an hour.
        """
        body = {"iss": issuer, "aud": audience, "sub": "1", "exp": int(time.time()) + 3600, **claims}
        parts = ({"alg": algorithm, "kid": self.id}, {name: value for name, value in body.items() if value is not None})
        signed = ".".join(encoded(json.dumps(part).encode()) for part in parts)
        return f"{signed}.{encoded(self._signature(signed.encode(), algorithm))}"

    def _signature(self, signed: bytes, algorithm: str) -> bytes:
        if algorithm == "none":
            return b""
        if algorithm == "HS256":
            return hmac.new(self.key_set.encode(), signed, hashlib.sha256).digest()
        return self.private.sign(signed, padding.PKCS1v15(), hashes.SHA256())


@functools.cache
def key(name: str) -> Key:
    """A key of this name, the same within a process."""
    return Key(name, rsa.generate_private_key(public_exponent=65537, key_size=2048))
