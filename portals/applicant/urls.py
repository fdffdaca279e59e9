"""Addresses below ``/as/<capacity>/``: the same for residents and businesses."""

from django.urls import path

from portals.applicant.views import cases, data, documents, forms, home, mandates, matters, money, notices, settings

urlpatterns = [
    path("", home.home, name="home"),
    path("help/", home.help_page, name="help"),
    path("start/<str:code>/", forms.start, name="start"),
    path("drafts/<str:reference>/", forms.draft, name="draft"),
    path("drafts/<str:reference>/check/", forms.check, name="check"),
    path("drafts/<str:reference>/discard/", forms.discard, name="discard"),
    path("drafts/<str:reference>/page/<slug:page>/", forms.draft_page, name="draft_page"),
    path("drafts/<str:reference>/page/<slug:page>/autosave/", forms.autosave, name="autosave"),
    path("submissions/<str:reference>/", matters.receipt, name="receipt"),
    path("matters/", matters.matter_list, name="matters"),
    path("matters/<str:reference>/", matters.matter, name="matter"),
    path("matters/<str:reference>/withdraw/", matters.withdraw, name="withdraw"),
    path("cases/<str:reference>/", cases.case, name="case"),
    path("cases/<str:reference>/correction/", cases.correction, name="correction"),
    path("cases/<str:reference>/message/", cases.message, name="message"),
    path("cases/<str:reference>/rate/", cases.rate, name="rate"),
    path("cases/<str:reference>/contest/", cases.contest, name="contest"),
    path("bills/", money.bills, name="bills"),
    path("bills/<str:reference>/", money.bill, name="bill"),
    path("bills/<str:reference>/pay/", money.pay, name="pay"),
    path("documents/", documents.wallet, name="documents"),
    path("documents/<str:reference>/", documents.document, name="document"),
    path("documents/<str:reference>/pdf/", documents.pdf, name="document_pdf"),
    path("files/<str:reference>/", documents.file, name="file"),
    path("notices/", notices.inbox, name="notices"),
    path("notices/<int:pk>/", notices.notice, name="notice"),
    path("mandates/", mandates.mandates, name="mandates"),
    path("mandates/give/", mandates.give, name="give_mandate"),
    path("mandates/<int:pk>/accept/", mandates.accept, name="accept_mandate"),
    path("mandates/<int:pk>/revoke/", mandates.revoke, name="revoke_mandate"),
    path("data/", data.my_data, name="my_data"),
    path("data/views/", data.views, name="data_views"),
    path("data/correct/<str:element>/", data.correct, name="correct_fact"),
    path("data/consents/<int:pk>/revoke/", data.revoke_consent, name="revoke_consent"),
    path("settings/", settings.settings_page, name="settings"),
]
