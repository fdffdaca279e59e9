from django.urls import path

from portals.shared import views

app_name = "shared"
urlpatterns = [
    path("me/", views.me, name="me"),
    path("me/stay/", views.stay, name="stay"),
]
