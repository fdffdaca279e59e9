"""What import-linter cannot see: foreign keys, and which modules of a room others may use."""

import ast
from pathlib import Path

from django.apps import apps
from django.conf import settings

BASE: Path = settings.BASE_DIR
PLATFORM = {f"egov.{room}": level for level, room in enumerate(settings.PLATFORM_ROOMS)}
MODES = {f"{mode}.{room}" for mode, rooms in settings.MODE_ROOMS.items() for room in rooms}
# A room's public face; the rest is its own.
PUBLIC = {"models", "actions", "queries", "rules", "registry", "errors", "demo"}
FOLDERS = ("egov", "g2b", "g2c", "g2e", "g2g", "portals")


def room_of(name):
    """ "egov.identity.models.person" -> "egov.identity"; None for what is no room."""
    head = ".".join(name.split(".")[:2])
    return head if head in PLATFORM or head in MODES else None


def level(room):
    return PLATFORM.get(room, len(PLATFORM))


def test_foreign_keys_point_to_rooms_below_or_to_the_same_room():
    wrong = []
    for model in apps.get_models(include_auto_created=True):
        room = room_of(model.__module__)
        if room is None:
            continue
        for field in model._meta.get_fields():
            if not (field.concrete and field.is_relation and field.related_model):
                continue
            target = room_of(field.related_model.__module__)
            if target and target != room and (level(target) >= level(room)):
                wrong.append(f"{model.__module__}.{model.__name__}.{field.name} points up to {target}")
    assert not wrong, "\n".join(wrong)


def test_nothing_points_at_a_partitioned_table():
    """PostgreSQL would demand the partition's column in the key, and old months could not be detached."""
    append_only = {"kernel_outboxmessage"}
    wrong = [
        f"{model.__name__}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.concrete
        and field.is_relation
        and field.related_model
        and field.related_model._meta.db_table in append_only
    ]
    assert not wrong


def imports_of(path):
    """(module, line) for everything the file imports, with names taken as submodules where they are."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                yield f"{node.module}.{alias.name}", node.lineno


def test_rooms_use_only_the_public_faces_of_other_rooms():
    wrong = []
    for folder in FOLDERS:
        for path in sorted((BASE / folder).rglob("*.py")):
            own = room_of(".".join(path.relative_to(BASE).parts))
            for module, line in imports_of(path):
                target = room_of(module)
                parts = module.split(".")
                if target in (None, own, "egov.kernel") or len(parts) < 3:
                    continue
                if parts[2] not in PUBLIC:
                    wrong.append(f"{path.relative_to(BASE)}:{line} uses {module}")
    assert not wrong, "\n".join(wrong)


def test_every_room_is_installed_and_named_once():
    labels = [config.label for config in apps.get_app_configs()]
    assert len(labels) == len(set(labels))
    for room in PLATFORM.keys() | MODES:
        assert apps.is_installed(room), room
