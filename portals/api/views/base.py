"""What every view of the API shares: who acts, in which capacity."""

from functools import cached_property

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import NotAuthenticated
from rest_framework.views import APIView

from egov.identity import queries as identity
from egov.kernel.actor import ANONYMOUS, Actor

CAPACITY = OpenApiParameter(
    "capacity",
    str,
    OpenApiParameter.PATH,
    description="In which capacity you act: `self`, `o-…` (organisation), `g-…` (ward), `m-…` (mandate), `p-…` (post). "
    "`GET /api/v1/capacities` lists yours.",
)


class PublicView(APIView):
    """Open to everyone."""

    permission_classes = []

    @cached_property
    def actor(self) -> Actor:
        return ANONYMOUS


@extend_schema(parameters=[CAPACITY])
class ActorView(APIView):
    """A view under ``/as/<capacity>/``: the actor is resolved once per request, in the URL's capacity."""

    @cached_property
    def actor(self) -> Actor:
        if not self.request.user.is_authenticated:
            raise NotAuthenticated
        request_id = getattr(self.request, "request_id", "")
        return identity.actor_for(self.request.user, self.kwargs["capacity"], request_id)
