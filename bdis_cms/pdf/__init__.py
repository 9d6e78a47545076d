"""PDF files of the directory: certificates, reports, minutes. Same content, same bytes."""

from bdis_cms.pdf.document import Document

__all__ = ["Document"]
