"""Messages to people: inbox, e-mail, SMS; delivery and its proof."""
