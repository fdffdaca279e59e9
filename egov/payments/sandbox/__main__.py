"""``python -m egov.payments.sandbox --port 8001``: the sandbox on this machine only."""

import argparse
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from egov.payments.sandbox import application


class Server(ThreadingMixIn, WSGIServer):
    """One thread a request: the confirmation waits for the platform, which may ask back meanwhile."""

    daemon_threads = True


class QuietHandler(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Addresses of orders hold titles of bills: they do not belong in a log."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m egov.payments.sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8001)
    chosen = parser.parse_args()
    with make_server(chosen.host, chosen.port, application, server_class=Server, handler_class=QuietHandler) as server:
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()
