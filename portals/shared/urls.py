from django.urls import path

from portals.shared import verification, views

app_name = "shared"
urlpatterns = [
    path("me/", views.me, name="me"),
    path("me/verify/", verification.verify, name="verify_identity"),
    path("me/stay/", views.stay, name="stay"),
]
