"""Events that change what can be found."""

from egov.contracts.catalogue import CatalogueChanged
from egov.kernel.actor import SYSTEM
from egov.kernel.outbox import consumes
from egov.routing import actions


@consumes(CatalogueChanged, key="routing.catalogue_changed")
def follow_catalogue(event: CatalogueChanged) -> None:
    codes = [*event.services, *event.events]
    actions.reindex(SYSTEM, services=codes or None)
