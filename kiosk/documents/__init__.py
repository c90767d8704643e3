"""Signed PDFs in memory: is it the office's own, how many pages, what does a page look like. Never writes to disk."""

from adminduk.signed_pdf import Signed, Untrusted, Why, verify
from kiosk.documents.pages import DocumentError, page_count, preview

__all__ = ["DocumentError", "Signed", "Untrusted", "Why", "page_count", "preview", "verify"]
