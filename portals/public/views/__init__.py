"""Views of the public portal, split by subject."""

from portals.public.views.about import accessibility, help_page, privacy, sitemap
from portals.public.views.catalogue import event, group, service, services
from portals.public.views.departments import department, departments
from portals.public.views.front import front
from portals.public.views.need import need
from portals.public.views.openness import performance, ratings, status
from portals.public.views.proof import journal, journal_proof
from portals.public.views.styleguide import styleguide
from portals.public.views.track import track
from portals.public.views.verify import verify, verify_code

__all__ = [
    "accessibility",
    "department",
    "departments",
    "event",
    "front",
    "group",
    "help_page",
    "journal",
    "journal_proof",
    "need",
    "performance",
    "privacy",
    "ratings",
    "service",
    "services",
    "sitemap",
    "status",
    "styleguide",
    "track",
    "verify",
    "verify_code",
]
