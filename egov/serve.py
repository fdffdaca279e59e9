"""The web server: ``python -m egov.serve --port 8000 --workers 2``, with Granian's options.

The application is loaded once, before the workers are forked from it: they share the memory of all that only is read
(code, definitions of forms, the segmenter's dictionary), about half of what each would hold alone.
"""

import multiprocessing
import sys

from granian.cli import entrypoint

import egov.wsgi  # noqa: F401

TARGET = ("--interface", "wsgi", "egov.wsgi:application")

if __name__ == "__main__":
    multiprocessing.set_start_method("fork")
    sys.argv[1:1] = TARGET
    entrypoint()
