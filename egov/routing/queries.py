"""From a need to services, from a service to its competent unit."""

from egov.routing.competence import RouteChoice, competent

__all__ = ["RouteChoice", "competent"]
