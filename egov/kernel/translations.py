"""Translation files: one per room, compiled without gettext's programs, extracted and checked with them."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings

LOCALE = "zh_Hans"
# Kernel and portals have theirs in the common folder.
_COMMON = {"kernel"}
_PLACEHOLDER = re.compile(r"%\((\w+)\)")


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
        name, texts = _forms(message.id)[0], _forms(message.string)
        if not all(texts):
            yield f"not translated: {name!r}"
        elif message.fuzzy:
            yield f"fuzzy: {name!r}"
        else:
            yield from (f"{error}: {name!r}" for error in message.check(catalogue))
            if not _placeholders_fit(message):
                yield f"not the placeholders of the text: {name!r}"
    yield from (f"obsolete: {key!r}" for key in catalogue.obsolete)


def conflicts(found: Iterable[tuple[Path, Catalog]]) -> Iterator[str]:
    """Texts that two files of a language translate differently; Django would show one of them everywhere."""
    said: dict[tuple[str, str | None, str], dict[tuple[str, ...], list[str]]] = defaultdict(lambda: defaultdict(list))
    for path, catalogue in found:
        for message in catalogue:
            if message.id:
                key = (path.parent.parent.name, message.context, _forms(message.id)[0])
                said[key][_forms(message.string)].append(str(path.relative_to(settings.BASE_DIR)))
    for (_language, _context, name), ways in said.items():
        if len(ways) > 1:
            files = " and ".join(paths[0] for paths in ways.values())
            yield f"translated differently in {files}, so give one a context: {name!r}"


def _forms(text: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    """A text for one and for many, or the only one."""
    return tuple(text) if isinstance(text, tuple | list) else (text,)


def _placeholders_fit(message: Message) -> bool:
    """Whether each form translated has the named placeholders of a form of the text, each as often.

    Babel looks only where ``xgettext`` saw a placeholder, and lets one fall away: a shifted translation passes.
    """
    wanted = [sorted(_PLACEHOLDER.findall(form)) for form in _forms(message.id)]
    return all(sorted(_PLACEHOLDER.findall(form)) in wanted for form in _forms(message.string))
