"""Signs a PDF as PAdES by pyHanko: certified, so that nothing may be added afterwards."""

import io
from pathlib import Path

from central.documents.authority import CERTIFICATE, KEY, ROOT

FIELD = "TTE"


def sign(pdf: bytes, folder: Path) -> bytes:
    """The signed PDF. Raises FileNotFoundError when the folder holds no signer."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import signers
    from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter

    if not (folder / KEY).exists():
        raise FileNotFoundError("no signer: run `python -m central setup`")
    signer = signers.SimpleSigner.load(
        str(folder / KEY), str(folder / CERTIFICATE), ca_chain_files=(str(folder / ROOT),)
    )
    facts = signers.PdfSignatureMetadata(
        field_name=FIELD, subfilter=SigSeedSubFilter.PADES, certify=True, docmdp_permissions=MDPPerm.NO_CHANGES
    )
    output = io.BytesIO()
    signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), facts, signer=signer, output=output)
    return output.getvalue()
