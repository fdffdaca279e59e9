"""Numbers without gaps, where the law wants them (公文字号, fiscal receipts, vouchers)."""

from django.db import connection, transaction


def next_value(key: str) -> int:
    """The next number of the series ``key``, starting at 1.

    Must run inside the transaction that uses the number: the row stays locked until it ends, and a
    rollback gives the number back. Raises ``TransactionManagementError`` outside a transaction.
    """
    return next_values(key, 1)[0]


def next_values(key: str, count: int) -> range:
    """The next ``count`` numbers of the series at once, under the same rule."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("a gapless number is drawn inside a transaction")
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into kernel_counter (key, value) values (%s, %s) "
            "on conflict (key) do update set value = kernel_counter.value + excluded.value returning value",
            [key, count],
        )
        last = int(cursor.fetchone()[0])
    return range(last - count + 1, last + 1)
