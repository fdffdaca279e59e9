from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _

# Trigrams for search, ranges with equality in one exclusion constraint, search without accents.
EXTENSIONS = ("pg_trgm", "btree_gist", "unaccent")


class KernelConfig(AppConfig):
    name = "egov.kernel"
    label = "kernel"
    verbose_name = _("Kernel")

    def ready(self) -> None:
        from egov.kernel import checks  # noqa: F401

        pre_migrate.connect(_create_extensions, sender=self)
        post_migrate.connect(_add_partitions, sender=self)


def _create_extensions(*, using: str, **_kwargs: Any) -> None:
    """Before the first migration of any room, so that none has to depend on the kernel's for it."""
    with connections[using].cursor() as cursor:
        for extension in EXTENSIONS:
            cursor.execute(f"create extension if not exists {extension}")


def _add_partitions(**_kwargs: Any) -> None:
    """Rows written on the first day already find their month's partition."""
    from egov.kernel import partitions

    if partitions.installed():
        partitions.extend()
