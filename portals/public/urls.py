"""Pages for anyone, without a login. A search engine may read them all but results and single records."""

from django.urls import path

from portals.public import views
from portals.public.views import linked_data

app_name = "public"
urlpatterns = [
    path("", views.front, name="front"),
    path("need", views.need, name="need"),
    path("event/<str:code>", views.event, name="event"),
    path("for/<slug:key>", views.group, name="group"),
    path("services", views.services, name="services"),
    path("service/<str:code>", views.service, name="service"),
    path("catalogue.jsonld", linked_data.json_ld, name="catalogue_jsonld"),
    path("catalogue.ttl", linked_data.turtle, name="catalogue_ttl"),
    path("departments", views.departments, name="departments"),
    path("department/<str:key>", views.department, name="department"),
    path("track", views.track, name="track"),
    path("verify", views.verify, name="verify"),
    path("verify/<str:code>", views.verify_code, name="verify_code"),
    path("journal/proof", views.journal, name="journal"),
    path("journal/proof/<str:reference>", views.journal_proof, name="journal_proof"),
    path("performance", views.performance, name="performance"),
    path("ratings", views.ratings, name="ratings"),
    path("status", views.status, name="status"),
    path("help", views.help_page, name="help"),
    path("privacy", views.privacy, name="privacy"),
    path("accessibility", views.accessibility, name="accessibility"),
    path("sitemap", views.sitemap, name="sitemap"),
    path("styleguide/", views.styleguide, name="styleguide"),
]
