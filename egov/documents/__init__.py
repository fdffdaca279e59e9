"""Stored files, typeset PDFs, e-seals, issued credentials and their verification."""
