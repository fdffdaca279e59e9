"""Writing the catalogue: definitions from files, versions with four eyes, competences, imports, whole configurations."""

from egov.catalogue.actions.competences import end_competence, set_competence
from egov.catalogue.actions.configuration import ConfigurationReport, import_configuration
from egov.catalogue.actions.importing import ImportReport, import_items
from egov.catalogue.actions.loading import LoadReport, load_definitions
from egov.catalogue.actions.permissions import grant_service, withdraw_service
from egov.catalogue.actions.versions import (
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
    "draft_version",
    "edit_draft",
    "end_competence",
    "grant_service",
    "import_configuration",
    "import_items",
    "load_definitions",
    "publish_version",
    "retire_version",
    "review_version",
    "set_competence",
    "set_enabled",
    "withdraw_service",
]
