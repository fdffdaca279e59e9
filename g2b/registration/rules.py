"""Numbers and names of market entities. Pure functions."""

# GB 11714 uses digits and capitals; the credit code's own alphabet leaves out I, O, S, V, Z (GB 32100-2015).
USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def organisation_code(serial: int) -> str:
    """Eight characters for the ``serial``-th entity, ``MA`` and six digits of base 31, with their check character."""
    digits = ""
    for _ in range(6):
        serial, digit = divmod(serial, 31)
        digits = USCC_ALPHABET[digit] + digits
    if serial:
        raise ValueError("the series of organisation codes is used up")
    body = "MA" + digits
    value = sum(weight * int(character, 36) for weight, character in zip(_ORG_WEIGHTS, body, strict=True))
    check = 11 - value % 11
    return body + {10: "X", 11: "0"}.get(check, str(check))


def credit_code(*, prefix: str, area: str, serial: int) -> str:
    """The unified social credit code (GB 32100-2015): registering authority and class, area, organisation code, check.

    ``prefix`` is "91" for an enterprise, "92" for a sole trader; ``area`` is the registering office's six digits.
    """
    body = prefix + area + organisation_code(serial)
    value = sum(USCC_ALPHABET.index(character) * pow(3, place, 31) for place, character in enumerate(body))
    return body + USCC_ALPHABET[-value % 31]
