"""The web server: ``python -m egov.serve --port 8000 --workers 2``, with Granian's options.

The application is loaded once, before the workers are forked from it: they share the memory of all that only is read
(code, templates, translations, forms, the index of needs, the segmenter's dictionary), more than half of what each
would hold alone.
"""

import gc
import multiprocessing
import sys

import structlog
from django.conf import settings
from django.db import DatabaseError, connections
from django.template.loader import get_template
from django.utils import translation
from granian.cli import entrypoint

import egov.wsgi  # noqa: F401  # sets Django up
from egov.catalogue import queries as catalogue
from egov.catalogue.models import ServiceVersion
from egov.intake import queries as intake
from egov.intake.rules import FormDefinitionError
from egov.routing import queries as routing

TARGET = ("--interface", "wsgi", "egov.wsgi:application")
logger = structlog.get_logger(__name__)


def load() -> None:
    """All that a worker would come to hold by and by. What needs the database is left to the workers without one."""
    for tag, _name in settings.LANGUAGES:
        with translation.override(tag):
            translation.gettext("")
    folder = settings.BASE_DIR / "templates"
    for path in sorted(folder.rglob("*.html")):
        get_template(str(path.relative_to(folder)))
    try:
        for version in catalogue.fileable():
            _compile(version)
        routing.warm()
    except DatabaseError as error:
        logger.warning("not_loaded_before_the_first_request", error=repr(error))
    finally:
        connections.close_all()  # no worker inherits one
    gc.collect()
    gc.freeze()  # as in egov.wsgi: what lives as long as the process need not be walked


def _compile(version: ServiceVersion) -> None:
    """A form that cannot be used is told to who runs the platform; it keeps no other service from being served."""
    try:
        intake.form_for(version)
    except FormDefinitionError as error:
        logger.exception("form_not_usable", service=version.service.code, version=version.number, error=str(error))


if __name__ == "__main__":
    load()
    multiprocessing.set_start_method("fork")
    sys.argv[1:1] = TARGET
    entrypoint()  # type: ignore[no-untyped-call]  # Granian's command line
