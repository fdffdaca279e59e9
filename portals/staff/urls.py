"""The desk of civil servants, at ``/desk/<capacity>/``."""

from django.urls import path

from portals.staff.views import (
    cases,
    certificates,
    guide,
    inbox,
    leading,
    opinions,
    requests,
    search,
    supervision,
    team,
    words,
)

app_name = "staff"
urlpatterns = [
    path("", inbox.inbox, name="inbox"),
    path("items/", inbox.items_act, name="items_act"),
    path("items/next/", inbox.claim_next, name="claim_next"),
    path("search/", search.search, name="search"),
    path("cases/<str:reference>/", cases.case, name="case"),
    path("cases/<str:reference>/acts/<str:act>/", cases.act, name="case_act"),
    path("cases/<str:reference>/opinions/<int:pk>/withdraw/", cases.withdraw_opinion, name="withdraw_opinion"),
    path("cases/<str:reference>/files/<str:file>/", cases.file, name="file"),
    path("cases/<str:reference>/letters/<str:document>/", cases.letter, name="letter"),
    path("cases/<str:reference>/certificates/<str:document>/", certificates.certificate, name="certificate"),
    path("cases/<str:reference>/certificates/<str:document>/end/", certificates.end, name="certificate_end"),
    path("cases/<str:reference>/registers/", cases.register_view, name="register_view"),
    path("cases/<str:reference>/journal/", cases.case_journal, name="case_journal"),
    path("opinions/", opinions.index, name="opinions"),
    path("opinions/<int:pk>/", opinions.opinion, name="opinion"),
    path("led/", leading.board, name="board"),
    path("led/<str:reference>/", leading.matter, name="lead_matter"),
    path("led/<str:reference>/<str:member>/urge/", leading.urge, name="urge"),
    path("supervision/", supervision.supervision, name="supervision"),
    path("requests/", requests.index, name="requests"),
    path("requests/start/<str:code>/", requests.start, name="request_start"),
    path("requests/drafts/<str:reference>/", requests.form, name="request_form"),
    path("requests/drafts/<str:reference>/discard/", requests.discard, name="request_discard"),
    path("requests/<str:reference>/", requests.request_page, name="request"),
    path("requests/<str:reference>/<str:case>/<str:act>/", requests.request_act, name="request_act"),
    path("team/", team.team, name="team"),
    path("team/cover/", team.cover, name="cover"),
    path("team/cover/<int:pk>/end/", team.end_cover, name="end_cover"),
    path("words/", words.meant, name="meant"),
    path("help/", guide.desk_help, name="help"),
]
