"""The demonstration city's year: who filed what, and what became of it, laid in chunks from today backwards."""

from egov.intake.demo.history import BEGUN, CHUNK, STAGE, begin, is_finished, lay_chunks

__all__ = ["BEGUN", "CHUNK", "STAGE", "begin", "is_finished", "lay_chunks"]
