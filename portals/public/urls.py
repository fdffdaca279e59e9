"""Pages for anyone, without a login. A search engine may read them all but results and single records."""

from django.urls import path

from portals.public import views

app_name = "public"
urlpatterns = [
    path("", views.front, name="front"),
    path("need", views.front, name="need"),
    path("event/<str:code>", views.front, name="event"),
    path("services", views.front, name="services"),
    path("service/<str:code>", views.front, name="service"),
    path("departments", views.front, name="departments"),
    path("department/<str:key>", views.front, name="department"),
    path("track", views.front, name="track"),
    path("verify", views.front, name="verify"),
    path("verify/<str:code>", views.front, name="verify_code"),
    path("journal/proof", views.front, name="journal"),
    path("journal/proof/<str:reference>", views.front, name="journal_proof"),
    path("performance", views.front, name="performance"),
    path("ratings", views.front, name="ratings"),
    path("status", views.front, name="status"),
    path("help", views.help_page, name="help"),
    path("privacy", views.privacy, name="privacy"),
    path("accessibility", views.accessibility, name="accessibility"),
    path("sitemap", views.sitemap, name="sitemap"),
    path("styleguide/", views.styleguide, name="styleguide"),
]
