"""Writing the catalogue: definitions from files, versions with four eyes, competences, imports, whole configurations."""

from egov.catalogue.actions.competences import end_competence, set_competence
from egov.catalogue.actions.configuration import ConfigurationReport, import_configuration
from egov.catalogue.actions.events import (
    discard_event,
    draft_event,
    draft_withdrawal,
    edit_event,
    faults_of_event,
    publish_event,
    review_event,
)
from egov.catalogue.actions.importing import ImportReport, import_items
from egov.catalogue.actions.loading import LoadReport, load_definitions
from egov.catalogue.actions.opening import open_service
from egov.catalogue.actions.permissions import grant_service, withdraw_service
from egov.catalogue.actions.versions import (
    design_version,
    draft_version,
    edit_draft,
    publish_version,
    retire_version,
    review_version,
    set_enabled,
)

__all__ = [
    "ConfigurationReport",
    "ImportReport",
    "LoadReport",
    "design_version",
    "discard_event",
    "draft_event",
    "draft_version",
    "draft_withdrawal",
    "edit_draft",
    "edit_event",
    "end_competence",
    "faults_of_event",
    "grant_service",
    "import_configuration",
    "import_items",
    "load_definitions",
    "open_service",
    "publish_event",
    "publish_version",
    "retire_version",
    "review_event",
    "review_version",
    "set_competence",
    "set_enabled",
    "withdraw_service",
]
