"""Pages for administrators of the platform and of departments, at ``/console/<capacity>/``."""

from django.urls import path

from portals.console.views import calendars, departments, home, permissions, routing, seals, services

app_name = "console"
urlpatterns = [
    path("", home.overview, name="home"),
    path("departments", departments.index, name="departments"),
    path("departments/new", departments.open_department, name="department_new"),
    path("departments/<str:key>", departments.detail, name="department"),
    path("departments/<str:key>/units/new", departments.open_unit, name="unit_new"),
    path("units/<str:key>", departments.unit, name="unit"),
    path("units/<str:key>/close", departments.close_unit, name="unit_close"),
    path("units/<str:key>/posts/new", departments.appoint, name="post_new"),
    path("posts/<int:pk>/end", departments.end_post, name="post_end"),
    path("services", services.index, name="services"),
    path("services/<str:code>", services.detail, name="service"),
    path("services/<str:code>/switch", services.switch, name="service_switch"),
    path("services/<str:code>/draft", services.draft, name="service_draft"),
    path("services/<str:code>/versions/<int:number>", services.version, name="version"),
    path("services/<str:code>/versions/<int:number>/<str:act>", services.act, name="version_act"),
    path("services/<str:code>/competence", services.competence, name="competence_new"),
    path("competences/<int:pk>/end", services.end_competence, name="competence_end"),
    path("routing", routing.index, name="routing"),
    path("routing/synonyms/<int:pk>/remove", routing.remove_synonym, name="synonym_remove"),
    path("calendars", calendars.index, name="calendars"),
    path("calendars/<str:key>", calendars.detail, name="calendar"),
    path("seals", seals.index, name="seals"),
    path("seals/<int:department>/rotate", seals.rotate, name="seal_rotate"),
    path("permissions", permissions.index, name="permissions"),
    path("permissions/<int:pk>/revoke", permissions.revoke, name="permission_revoke"),
]
