"""The configuration of an instance as one file, taken out of one and brought into another under stable keys.

Each room registers a ``Section``. A file is a ZIP with one YAML file per section. Bringing in twice changes nothing,
and what an administrator changed here is never overwritten: it is reported as kept, or waits as a draft. What has
versions comes in as drafts of the person who brings it, for a second person to publish.
"""

import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import yaml
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from egov.kernel.actor import Actor
from egov.kernel.errors import FieldError, InvalidInput, Text, TooLarge
from egov.kernel.registries import Registry

FORMAT = 1
MANIFEST = "manifest.yaml"
MAX_BYTES = 20_000_000
MAX_UNPACKED = 200_000_000
# The compiled ones where libyaml is there: a whole catalogue in a second instead of a minute.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DUMPER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


class Outcome(StrEnum):
    ADDED = "added"
    CHANGED = "changed"
    DRAFT = "draft"  # waits beside what was changed here
    KEPT = "kept"  # differs here and was left alone

    @property
    def word(self) -> Text:
        return _WORDS[self]


# The note of what is kept because of a draft: nobody's work is written over, and there are no two drafts side by side.
IN_HAND: Text = _("a draft of it is open here and comes first")
_WORDS: dict[Outcome, Text] = {
    Outcome.ADDED: _("new"),
    Outcome.CHANGED: _("changed"),
    Outcome.DRAFT: _("waits as a draft"),
    Outcome.KEPT: _("differs here and is kept"),
}


@dataclass(frozen=True)
class Entry:
    """What bringing in does, or would do, to one thing."""

    key: str
    outcome: Outcome
    note: str = ""


@dataclass(frozen=True)
class Section:
    """``export()`` gives plain data, the same for the same content; ``load(actor, data)`` writes in the caller's
    transaction and raises ``NotPermitted`` or ``InvalidInput`` naming every fault. Sections load by ``order``."""

    key: str
    name: Text
    order: int
    export: Callable[[], Any]
    load: Callable[[Actor, Any], list[Entry]]


@dataclass(frozen=True)
class Loaded:
    """What a section did."""

    section: Section
    entries: list[Entry]

    @property
    def writes(self) -> bool:
        return any(entry.outcome is not Outcome.KEPT for entry in self.entries)


sections: Registry[Section] = Registry("configuration sections")


def ordered() -> list[Section]:
    return sorted(sections.values(), key=lambda section: (section.order, section.key))


def pack() -> bytes:
    """The whole configuration as a ZIP; the same configuration gives the same bytes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        keys = [section.key for section in ordered()]
        _write(archive, MANIFEST, {"format": FORMAT, "sections": keys})
        for section in ordered():
            _write(archive, f"{section.key}.yaml", section.export())
    return stream.getvalue()


def unpack(content: bytes) -> dict[str, Any]:
    """Data by section. Raises ``TooLarge``; ``InvalidInput`` for a file that is no configuration."""
    if len(content) > MAX_BYTES:
        raise TooLarge()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(each.file_size for each in archive.infolist()) > MAX_UNPACKED:
                raise TooLarge()
            found = {each: yaml.load(archive.read(each), Loader=_LOADER) for each in archive.namelist()}  # noqa: S506
    except (zipfile.BadZipFile, yaml.YAMLError, UnicodeDecodeError, NotImplementedError, RuntimeError) as error:
        raise InvalidInput.at("file", "unreadable", _("This is no configuration of this platform.")) from error
    manifest = found.pop(MANIFEST, None)
    if not isinstance(manifest, Mapping) or manifest.get("format") != FORMAT:
        raise InvalidInput.at("file", "unknown", _("This is no configuration of this platform."))
    unknown = sorted(name for name in found if name.removesuffix(".yaml") not in sections)
    if unknown:
        raise InvalidInput(FieldError("file", "unknown", _("No room here knows this part.")) for _name in unknown)
    return {name.removesuffix(".yaml"): data for name, data in found.items()}


def bring_in(actor: Actor, *, data: Mapping[str, Any], commit: bool) -> list[Loaded]:
    """Load all sections in one transaction; without ``commit`` only say what would happen.

    Raises ``NotPermitted``, ``InvalidInput`` naming every fault of the first section that has one.
    """
    with transaction.atomic():
        wanted = [section for section in ordered() if section.key in data]
        found = [Loaded(section, _load(section, actor, data[section.key])) for section in wanted]
        transaction.set_rollback(not commit)
    return found


def _load(section: Section, actor: Actor, data: Any) -> list[Entry]:
    try:
        return section.load(actor, data)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        message = _("This part is not as it was taken out: %(error)s") % {"error": error}
        raise InvalidInput.at(section.key, "malformed", message) from error


def _write(archive: zipfile.ZipFile, name: str, data: Any) -> None:
    text = yaml.dump(data, Dumper=_DUMPER, allow_unicode=True, sort_keys=False, width=120)
    archive.writestr(zipfile.ZipInfo(name), text, zipfile.ZIP_DEFLATED)
