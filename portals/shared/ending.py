"""The form by which a certificate ends before its time: declared lost or given up by its holder, withdrawn by its issuer."""

from collections.abc import Sequence
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from egov.documents import actions
from egov.documents.models import Credential, EndKind
from egov.kernel.actor import Actor
from egov.kernel.errors import InvalidInput, Text
from egov.kernel.text import language_tag
from portals.shared.components import Field, Option

BY_HOLDER = (EndKind.LOST, EndKind.CANCELLED)
BY_ISSUER = (EndKind.ANNULLED, EndKind.REVOKED, EndKind.CANCELLED)
WAYS: dict[str, tuple[Text, Text]] = {
    EndKind.LOST: (_("I have lost it"), _("Whoever finds it can do nothing with it. Apply for a new one afterwards.")),
    EndKind.CANCELLED: (_("Cancel it"), _("It is no longer needed, or what it stands for has come to an end.")),
    EndKind.ANNULLED: (_("Annul it"), _("It should not have been granted.")),
    EndKind.REVOKED: (_("Revoke it"), _("As a penalty, after the decision on the penalty.")),
}
MOST = 500  # characters of a reason


def questions(kinds: Sequence[str], post: QueryDict, fault: InvalidInput | None = None) -> list[Field]:
    """How it ends and why, as typed, with what was wrong."""
    errors: dict[str, Any] = {each.path: each.message for each in fault.faults} if fault else {}
    chosen = post.get("kind", "")
    ways = [Option(kind, WAYS[kind][0], hint=WAYS[kind][1], checked=kind == chosen) for kind in kinds]
    return [
        Field("kind", _("How does it end?"), widget="radio", options=ways, error=errors.get("kind", "")),
        Field(
            "reason",
            _("Why?"),
            widget="textarea",
            hint=_("Whoever verifies the certificate reads this."),
            value=post.get("reason", ""),
            max_length=MOST,
            error=errors.get("reason", ""),
        ),
    ]


def end(actor: Actor, credential: Credential, kinds: Sequence[str], post: QueryDict) -> Credential:
    """Raises ``InvalidInput`` at ``kind`` or ``reason``, and what ``revoke_credential`` raises."""
    kind, reason = post.get("kind", ""), post.get("reason", "").strip()
    if kind not in kinds:
        raise InvalidInput.at("kind", "required", _("Choose how the certificate ends."))
    if not reason or len(reason) > MOST:
        raise InvalidInput.at("reason", "required", _("Say why, in at most 500 characters."))
    words = {language_tag(): reason}
    return actions.revoke_credential(actor, credential_id=credential.pk, kind=kind, reason=words)
