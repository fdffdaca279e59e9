from portals.applicant.urls import urlpatterns

app_name = "business"

__all__ = ["app_name", "urlpatterns"]
