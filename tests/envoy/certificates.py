"""SPIFFE certificates of one authority: who callers are."""

from __future__ import annotations

import datetime
import ssl
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "tests")])


class Certificate(NamedTuple):
    """Files of a certificate and its key."""

    chain: Path
    key: Path


class Authority:
    """Issues certificates into a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        own = _begun(self._key).subject_name(_NAME)
        own = own.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        self.root = folder / "root.pem"
        self.root.write_bytes(_written(own.sign(self._key, hashes.SHA256())))

    def issue(self, identities: Iterable[str]) -> dict[str, Certificate]:
        """Make a certificate for each SPIFFE identity."""
        return {identity: self._issue(number, identity) for number, identity in enumerate(identities)}

    def _issue(self, number: int, identity: str) -> Certificate:
        key = ec.generate_private_key(ec.SECP256R1())
        names = x509.SubjectAlternativeName([x509.UniformResourceIdentifier(identity)])
        asked = _begun(key).subject_name(x509.Name([])).add_extension(names, critical=True)
        chain, secret = self._folder / f"{number}.pem", self._folder / f"{number}.key"
        chain.write_bytes(_written(asked.sign(self._key, hashes.SHA256())))
        form = serialization.PrivateFormat.PKCS8
        secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
        return Certificate(chain, secret)

    def context(self, certificate: Certificate) -> ssl.SSLContext:
        """Make what a caller with this certificate opens connections with."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False  # a workload's certificate names no host
        context.load_verify_locations(self.root)
        context.load_cert_chain(certificate.chain, certificate.key)
        return context


def _begun(key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return x509.CertificateBuilder(
        issuer_name=_NAME,
        public_key=key.public_key(),
        serial_number=x509.random_serial_number(),
        not_valid_before=now - datetime.timedelta(hours=1),
        not_valid_after=now + datetime.timedelta(hours=2),
    )


def _written(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)
