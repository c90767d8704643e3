"""Documents: rendered, signed, kept by content."""

from central.documents.making import make_documents, publish

__all__ = ["make_documents", "publish"]
