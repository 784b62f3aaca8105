"""Certificates of a test: an authority, and a server's key and certificate signed by it."""

from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as generate
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

VALID = timedelta(days=2)


class Authority:
    """A certificate authority; `certificate` is the file that clients trust."""

    def __init__(self, folder: Path, name: str) -> None:
        self._key = generate(SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        signed = self._sign(self._name, self._key, _AUTHORITY)
        self.certificate = folder / f"{name}.pem"
        self.certificate.write_bytes(signed.public_bytes(Encoding.PEM))

    def issue(self, file: Path) -> Path:
        """A key and certificate for 127.0.0.1, in one PEM file."""
        key = generate(SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
        here = x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))])
        signed = self._sign(name, key, here)
        secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        file.write_bytes(secret + signed.public_bytes(Encoding.PEM))
        return file

    def _sign(
        self, name: x509.Name, key: EllipticCurvePrivateKey, says: x509.ExtensionType
    ) -> x509.Certificate:
        now = datetime.now(UTC)
        builder = x509.CertificateBuilder(
            issuer_name=self._name,
            subject_name=name,
            public_key=key.public_key(),
            serial_number=x509.random_serial_number(),
            not_valid_before=now - VALID,
            not_valid_after=now + VALID,
        )
        return builder.add_extension(says, critical=says is _AUTHORITY).sign(self._key, SHA256())


_AUTHORITY = x509.BasicConstraints(ca=True, path_length=0)
