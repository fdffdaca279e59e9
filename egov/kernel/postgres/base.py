"""The backend that Django loads (``ENGINE``)."""

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    def is_usable(self) -> bool:
        """On an idle connection nothing arrives but the server's farewell: only then is it worth a question."""
        if self.connection is None or self.connection.closed:
            return False
        idle = select.poll()
        idle.register(self.connection, select.POLLIN)
        return not idle.poll(0) or super().is_usable()
