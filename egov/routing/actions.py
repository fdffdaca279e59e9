"""Words people say for words the catalogue uses."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from egov.journal import actions as journal
from egov.kernel.actor import Actor
from egov.kernel.errors import InvalidInput, NotFound, NotPermitted
from egov.kernel.refs import Ref
from egov.routing.models import Synonym

EDITORS = frozenset({"platform_admin", "department_admin"})


@transaction.atomic
def add_synonym(actor: Actor, *, language: str, said: str, meant: str) -> Synonym:
    """For administrators. Raises ``NotPermitted``, ``InvalidInput`` when it is known already."""
    _may_edit(actor)
    try:
        with transaction.atomic():
            row = Synonym.objects.create(language=language, said=said.strip(), meant=meant.strip())
    except IntegrityError as error:
        raise InvalidInput.at("said", "known", _("This word is known already.")) from error
    journal.record(actor, "routing.add_synonym", Ref("synonym", str(row.pk)), content=[language, said, meant])
    return row


@transaction.atomic
def remove_synonym(actor: Actor, *, synonym_id: int) -> None:
    """For administrators. Raises ``NotPermitted``, ``NotFound``."""
    _may_edit(actor)
    deleted, _rows = Synonym.objects.filter(pk=synonym_id).delete()
    if not deleted:
        raise NotFound()
    journal.record(actor, "routing.remove_synonym", Ref("synonym", str(synonym_id)))


def _may_edit(actor: Actor) -> None:
    if not (actor.is_system or (actor.is_staff and actor.roles & EDITORS)):
        raise NotPermitted()
