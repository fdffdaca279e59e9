from portals.applicant.urls import urlpatterns

app_name = "citizen"

__all__ = ["app_name", "urlpatterns"]
