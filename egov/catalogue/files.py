"""Definitions in YAML as plain content: services in the rooms that keep their register, events of life here."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from egov.catalogue import rules
from egov.catalogue.rules import Known
from egov.kernel.definitions import read_yaml
from egov.kernel.errors import FieldError, InvalidInput

OWN_KEYS = frozenset({"code", "mode", "department_role"})
EVENTS = Path(__file__).parent / "definitions" / "events"


@dataclass(frozen=True)
class ServiceFile:
    """A service as its file says; ``content`` is complete (see ``rules.complete``)."""

    code: str
    mode: str
    room: str
    department_role: str
    content: dict[str, Any]
    digest: str
    source: str = "house"
    region: str = ""


@dataclass(frozen=True)
class EventFile:
    code: str
    content: dict[str, Any]
    digest: str

    @property
    def members(self) -> list[str]:
        return [row["service"] for row in self.content["definition"].get("members", ())]


@dataclass(frozen=True)
class Definitions:
    services: list[ServiceFile]
    events: list[EventFile]


def read_definitions(path: Path | None = None) -> Definitions:
    """Everything under ``path`` (``*.yaml``, ``events/*.yaml``), or what all rooms define. Shapes are not checked yet.

    Raises ``InvalidInput`` for a file that is no definition, a code used twice, or a file not named by its code.
    """
    faults: list[FieldError] = []
    services = [file for place, room in _places(path) for file in _services(place, room, faults)]
    events = list(_events(path / "events" if path else EVENTS, faults))
    codes = [file.code for file in services]
    faults += [
        _fault(code, _("Two files define this code.")) for code in sorted({c for c in codes if codes.count(c) > 1})
    ]
    if faults:
        raise InvalidInput(faults, _("The definitions have faults; nothing was loaded."))
    return Definitions(services, events)


def check_definitions(definitions: Definitions, known: Known) -> None:
    """Raise ``InvalidInput`` naming every fault of every file; ``known.services`` are those that exist besides."""
    found = [(service.code, rules.check_definition(service.content, known)) for service in definitions.services]
    found += [(event.code, rules.check_event(event.content, known.services)) for event in definitions.events]
    faults = [FieldError(f"{code}/{each.path}", each.code, each.message) for code, those in found for each in those]
    if faults:
        raise InvalidInput(faults, _("The definitions have faults; nothing was loaded."))


def _places(path: Path | None) -> Iterator[tuple[Path, str]]:
    if path is not None:
        yield path, ""
        return
    for config in apps.get_app_configs():
        place = Path(config.path) / "services"
        if settings.BASE_DIR in place.parents and place.is_dir():
            yield place, config.label


def _services(place: Path, room: str, faults: list[FieldError]) -> Iterator[ServiceFile]:
    for file in sorted(place.glob("*.yaml")):
        try:
            yield read_service(read_yaml(file), room=room, name=file.stem)
        except ValueError as error:
            faults.append(_fault(file.name, str(error)))


def read_service(data: Any, *, room: str, name: str = "", source: str = "house", region: str = "") -> ServiceFile:
    """One definition. Raises ``ValueError``."""
    if not isinstance(data, Mapping) or not data.get("code") or data.get("mode") not in ("g2c", "g2b", "g2g", "g2e"):
        raise ValueError("a definition names its code and its mode")
    if name and data["code"] != name:
        raise ValueError(f"the file is named {name} but defines {data['code']}")
    content = rules.complete({key: value for key, value in data.items() if key not in OWN_KEYS})
    return ServiceFile(
        code=data["code"],
        mode=data["mode"],
        room=room,
        department_role=data.get("department_role", ""),
        content=content,
        digest=rules.digest(content),
        source=source,
        region=region,
    )


def _events(place: Path, faults: list[FieldError]) -> Iterator[EventFile]:
    for file in sorted(place.glob("*.yaml")):
        data = read_yaml(file)
        if not isinstance(data, Mapping) or data.get("code") != file.stem:
            faults.append(_fault(file.name, "the file is not named by its code"))
            continue
        yield read_event(data)


def read_event(data: Mapping[str, Any]) -> EventFile:
    content = {
        "kind": data.get("kind"),
        "name": data.get("name"),
        "summary": data.get("summary"),
        "needs": data.get("needs", {}),
        "definition": data.get("definition", {}),
        "lead_role": data.get("lead_role", ""),
        "order": data.get("order", 0),
    }
    return EventFile(code=data["code"], content=content, digest=rules.digest(content))


def _fault(path: str, message: Any) -> FieldError:
    return FieldError(path, "invalid", message)
