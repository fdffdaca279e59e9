from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IdentityConfig(AppConfig):
    name = "egov.identity"
    label = "identity"
    verbose_name = _("Identity")

    def ready(self) -> None:
        from allauth.mfa import signals
        from django.db.models.signals import post_delete, post_save

        from egov.identity import configuration, subjects  # noqa: F401
        from egov.identity.models import Region, Unit
        from egov.identity.registry import identity_providers
        from egov.identity.sandbox import SandboxProvider

        identity_providers.add("sandbox", SandboxProvider())
        for signal in (signals.authenticator_added, signals.authenticator_removed):
            signal.connect(_second_factor_changed, dispatch_uid="identity.assurance")
        for model in (Region, Unit):
            for signal in (post_save, post_delete):
                signal.connect(_kept_moved, sender=model, dispatch_uid="identity.kept")


def _kept_moved(**_kwargs: Any) -> None:
    """Also what an administrator changes by hand is seen by all processes."""
    from django.db import transaction

    from egov.identity.queries import kept

    with transaction.atomic():
        kept.moved()


def _second_factor_changed(*, user: Any, **_kwargs: Any) -> None:
    """A passkey or one-time code makes the holder surer; without one they fall back to their name and number."""
    from egov.identity.actions import refresh_assurance

    refresh_assurance(user.pk)
