"""Views of the public portal, split by subject."""

from portals.public.views.about import accessibility, help_page, privacy, sitemap
from portals.public.views.front import front
from portals.public.views.styleguide import styleguide

__all__ = ["accessibility", "front", "help_page", "privacy", "sitemap", "styleguide"]
