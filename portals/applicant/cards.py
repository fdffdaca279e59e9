"""Issued documents as cards with their seal."""

from django.urls import reverse
from django.utils.translation import gettext as _

from egov.documents.models import DocumentState, IssuedDocument
from egov.kernel.errors import Text
from egov.kernel.text import localise
from portals.shared.components import DocumentCard
from portals.shared.templatetags.egov_ui import local_date_plain, localised

_STATES = {DocumentState.SEALED: "sealed", DocumentState.PENDING: "waiting", DocumentState.REVOKED: "revoked"}


def card_of(document: IssuedDocument, capacity: str, *, about: Text = "") -> DocumentCard:
    """``document`` with its department; ``about``: the service, where documents of several stand together.

    A document being typeset is sealed at the latest when it is opened.
    """
    department = document.department
    return DocumentCard(
        title=localised(document.title),
        state=_STATES[DocumentState(document.state)],
        note=_("issued %(day)s") % {"day": local_date_plain(document.issued_at)},
        url=reverse("citizen:document", kwargs={"capacity": capacity, "reference": document.reference}),
        seal_text=seal_text(localise(department.short_name, "zh-Hans") or department.party.name),
        issuer=localised(department.full_name) or department.party.name,
        about=about,
        verify_url=reverse("public:verify_code", kwargs={"code": document.code}),
    )


def seal_text(name: str) -> str:
    """The four characters a small seal has room for."""
    return name[:4]
