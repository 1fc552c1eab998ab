"""Seals on a PDF: fields prepared before the first one, then one incremental PAdES seal an act."""
