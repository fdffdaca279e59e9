"""Where each portal stands."""

from django.contrib import admin
from django.urls import include, path

from portals.shared.views import SafeLogoutView

handler400 = "portals.shared.errors.bad_request"
handler403 = "portals.shared.errors.permission_denied"
handler404 = "portals.shared.errors.page_not_found"
handler500 = "portals.shared.errors.server_error"

urlpatterns = [
    path("account/logout/", SafeLogoutView.as_view(), name="account_logout"),
    path("account/", include("allauth.urls")),
    path("", include("allauth.idp.urls")),
    path("admin/", admin.site.urls),
    path("api/", include("portals.api.urls")),
    path("desk/<str:capacity>/", include("portals.staff.urls")),
    path("console/<str:capacity>/", include("portals.console.urls")),
    path("", include("portals.shared.urls")),
    path("as/<str:capacity>/", include("portals.citizen.urls")),
    # The same addresses under another name: which portal it is follows from whose matter it is.
    path("as/<str:capacity>/", include("portals.business.urls")),
    path("", include("portals.public.urls")),
]
