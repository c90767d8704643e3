"""A test office: its own root, an officer's certificate, and PDFs signed by her. Nothing here is anyone's."""

import io
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pypdfium2
from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko_certvalidator.registry import SimpleCertificateStore

NOW = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
SIGNER = "KEPALA DINAS CONTOH"


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "ID"), x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _usage(*, ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not ca,
        content_commitment=not ca,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=ca,
        crl_sign=ca,
        encipher_only=False,
        decipher_only=False,
    )


def _certificate(
    common: str, issuer: str, public: Any, issuer_key: Any, *, ca: bool, until: datetime
) -> x509.Certificate:
    builder = x509.CertificateBuilder().subject_name(_name(common)).issuer_name(_name(issuer)).public_key(public)
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(NOW - timedelta(days=400))
    builder = builder.not_valid_after(until).add_extension(x509.BasicConstraints(ca, 1 if ca else None), critical=True)
    builder = builder.add_extension(_usage(ca=ca), critical=True)
    builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    known = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
    return builder.add_extension(known, critical=False).sign(issuer_key, hashes.SHA256())


@dataclass(frozen=True)
class Office:
    """One root and one officer under it."""

    root: x509.Certificate
    signer: Any

    @classmethod
    def open(cls, name: str = "Akar Contoh", *, until: datetime = NOW + timedelta(days=400)) -> "Office":
        root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
        later = NOW + timedelta(days=4000)
        root = _certificate(name, name, root_key.public_key(), root_key, ca=True, until=later)
        officer = _certificate(SIGNER, name, key.public_key(), root_key, ca=False, until=until)
        return cls(root, _signer(officer, key))

    @property
    def pem(self) -> bytes:
        return self.root.public_bytes(serialization.Encoding.PEM)

    def sign(self, pdf: bytes, *, certify: bool = True, field: str = "TTE") -> bytes:
        about = signers.PdfSignatureMetadata(field_name=field, subfilter=SigSeedSubFilter.PADES, certify=certify)
        signed = io.BytesIO()
        signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), about, signer=self.signer, output=signed)
        return signed.getvalue()


def _signer(certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> signers.SimpleSigner:
    der = certificate.public_bytes(serialization.Encoding.DER)
    secret = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return signers.SimpleSigner(
        signing_cert=asn1_x509.Certificate.load(der),
        signing_key=asn1_keys.PrivateKeyInfo.load(secret),
        cert_registry=SimpleCertificateStore(),
    )


def blank_pdf(*sizes: tuple[float, float]) -> bytes:
    """A PDF of empty pages, in points; one A4 page by default."""
    document = pypdfium2.PdfDocument.new()
    for width, height in sizes or ((595, 842),):
        document.new_page(width, height)
    content = io.BytesIO()
    document.save(content)
    document.close()
    return content.getvalue()


def with_an_addition(pdf: bytes) -> bytes:
    """The same file with a note added after the last signature, as any PDF editor would."""
    from pyhanko.pdf_utils import generic

    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    writer.root["/Tambahan"] = generic.pdf_string("ditambahkan")
    writer.update_root()
    content = io.BytesIO()
    writer.write(content)
    return content.getvalue()
