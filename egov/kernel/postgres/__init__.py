"""Django's PostgreSQL, with a check of idle connections that costs no round trip."""
