"""Double entry, funds and reservations; balances guarded by the database."""
