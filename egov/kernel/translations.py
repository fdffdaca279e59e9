"""Translation files: one per room, compiled without gettext's programs, extracted and checked with them."""

from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings

LOCALE = "zh_Hans"
# Kernel and portals have theirs in the common folder.
_COMMON = {"kernel"}


def folders() -> list[Path]:
    """The folder of translations of every room, present or not, and the common one."""
    platform = [settings.BASE_DIR / "egov" / room for room in settings.PLATFORM_ROOMS if room not in _COMMON]
    modes = [settings.BASE_DIR / mode / room for mode, rooms in settings.MODE_ROOMS.items() for room in rooms]
    return [settings.BASE_DIR / "locale", *(room / "locale" for room in [*platform, *modes])]


def catalogues() -> Iterator[tuple[Path, Catalog]]:
    """Each ``.po`` file and what it says."""
    for folder in folders():
        for path in sorted(folder.glob("*/LC_MESSAGES/*.po")):
            with path.open("rb") as file:
                yield path, read_po(file, locale=path.parent.parent.name)


def compile_all() -> list[Path]:
    """Write the ``.mo`` beside every ``.po`` that is newer; those that were written."""
    written = []
    for folder in folders():
        for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
            target = source.with_suffix(".mo")
            if target.exists() and target.stat().st_mtime > source.stat().st_mtime:
                continue
            with source.open("rb") as file:
                catalogue = read_po(file, locale=source.parent.parent.name)
            fresh = target.with_name(f"{target.name}.new")
            with fresh.open("wb") as file:
                write_mo(file, catalogue)
            fresh.replace(target)
            written.append(target)
    return written


def faults(catalogue: Catalog) -> Iterator[str]:
    """What is wrong with the translations of one file: missing, fuzzy, obsolete, or placeholders that differ."""
    for message in catalogue:
        if not message.id:
            continue
        texts = message.string if isinstance(message.string, tuple | list) else (message.string,)
        name = message.id[0] if isinstance(message.id, tuple | list) else message.id
        if not all(texts):
            yield f"not translated: {name!r}"
        elif message.fuzzy:
            yield f"fuzzy: {name!r}"
        else:
            yield from (f"{error}: {name!r}" for error in message.check(catalogue))
    yield from (f"obsolete: {key!r}" for key in catalogue.obsolete)
