"""The desk of civil servants, at ``/desk/<capacity>/``."""

from django.urls import path

from portals.staff.views import cases, inbox, opinions, team

app_name = "staff"
urlpatterns = [
    path("", inbox.inbox, name="inbox"),
    path("items/<int:item>/<str:act>/", inbox.item_act, name="item_act"),
    path("search/", inbox.search, name="search"),
    path("cases/<str:reference>/", cases.case, name="case"),
    path("cases/<str:reference>/acts/<str:act>/", cases.act, name="case_act"),
    path("cases/<str:reference>/files/<str:file>/", cases.file, name="file"),
    path("opinions/", opinions.index, name="opinions"),
    path("opinions/<int:pk>/", opinions.opinion, name="opinion"),
    path("team/", team.team, name="team"),
    path("team/cover/", team.cover, name="cover"),
]
