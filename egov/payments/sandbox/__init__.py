"""A payment gateway for demonstrations and tests, as its own small web process (``python -m egov.payments.sandbox``).

It behaves as real ones do: a signed order leads to its own page, it takes each order once, tells the platform until
it answers and then once more, drops repeated refunds by their key, and gives a daily file. It has no database: one
file per payment, made whole or not at all, so that it is right across processes and crashes.
"""

from egov.payments.sandbox.wsgi import application

__all__ = ["application"]
