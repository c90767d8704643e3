"""Who signs: a certificate and key in a folder. Set-up makes a test authority, plainly named so; a kabupaten brings its own."""

from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from central.files import write_durably

ROOT, CERTIFICATE, KEY = "root.pem", "signer.pem", "signer.key"
ORGANISATION = "Dukcapil CONTOH"
SIGNER = "Kepala Dinas (CONTOH)"
_PEM = serialization.Encoding.PEM


def _name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "ID"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, ORGANISATION),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def _usage(*, sign: bool) -> x509.KeyUsage:
    """Either a signer of documents or a signer of certificates."""
    return x509.KeyUsage(
        digital_signature=sign, content_commitment=sign, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=not sign, crl_sign=not sign, encipher_only=False, decipher_only=False,
    )  # fmt: skip


def _builder(name: x509.Name, issuer: x509.Name, now: datetime, *, days: int) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=days))
    )


def create_test_authority(folder: Path, *, now: datetime) -> None:
    """Root, signer and the signer's key (0600); does nothing when a signer is there. The root's key is thrown away."""
    if (folder / KEY).exists():
        return
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    root_key = ec.generate_private_key(ec.SECP256R1())
    root_name = _name("Akar Uji CONTOH")
    root = (
        _builder(root_name, root_name, now, days=3650)
        .public_key(root_key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=1), critical=True)
        .add_extension(_usage(sign=False), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(root_key.public_key()), critical=False)
        .sign(root_key, hashes.SHA256())
    )
    key = rsa.generate_private_key(65537, 2048)
    signer = (
        _builder(_name(SIGNER), root_name, now, days=730)
        .public_key(key.public_key())
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(sign=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False)
        .sign(root_key, hashes.SHA256())
    )
    write_durably(folder / ROOT, root.public_bytes(_PEM))
    write_durably(folder / CERTIFICATE, signer.public_bytes(_PEM))
    plain = key.private_bytes(_PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    write_durably(folder / KEY, plain, mode=0o600)


def roots_pem(folder: Path) -> str:
    """What kiosks must trust, as PEM."""
    return (folder / ROOT).read_text()
