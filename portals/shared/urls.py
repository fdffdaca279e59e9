from django.urls import path

from portals.shared import programs, verification, views

app_name = "shared"
urlpatterns = [
    path("me/", views.me, name="me"),
    path("me/verify/", verification.verify, name="verify_identity"),
    path("me/stay/", views.stay, name="stay"),
    path("me/programs/", programs.programs, name="programs"),
    path("me/programs/<str:client_id>/remove/", programs.remove, name="remove_program"),
]
