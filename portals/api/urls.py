"""``/api/v1/``. What concerns a person stands under ``as/<capacity>/``, as on the pages."""

from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from portals.api.problems import not_found
from portals.api.views import acts, cases, catalogue, desk, events, filing, holdings, openness, persons

app_name = "api"

filed = [
    path("events/<str:code>/plan", events.EventPlan.as_view(), name="event_plan"),
    path("events/<str:code>/drafts", events.EventDrafts.as_view(), name="event_drafts"),
    path("drafts", filing.Drafts.as_view(), name="drafts"),
    path("drafts/<str:reference>", filing.Draft.as_view(), name="draft"),
    path("drafts/<str:reference>/form", filing.DraftForm.as_view(), name="draft_form"),
    path("drafts/<str:reference>/check", filing.DraftCheck.as_view(), name="draft_check"),
    path("drafts/<str:reference>/migration", filing.DraftMigration.as_view(), name="draft_migration"),
    path("drafts/<str:reference>/attachments", filing.Attachments.as_view(), name="attachments"),
    path("drafts/<str:reference>/attachments/<int:attachment>", filing.Attachment.as_view(), name="attachment"),
    path("drafts/<str:reference>/submission", filing.DraftSubmission.as_view(), name="draft_submission"),
    path("files", filing.Files.as_view(), name="files"),
    path("files/<str:reference>", filing.File.as_view(), name="file"),
    path("submissions", filing.Submissions.as_view(), name="submissions"),
    path("submissions/<str:reference>", filing.Submission.as_view(), name="submission"),
    path("matters", filing.Matters.as_view(), name="matters"),
    path("matters/<str:reference>", filing.Matter.as_view(), name="matter"),
    path("matters/<str:reference>/changes", filing.MatterChange.as_view(), name="matter_change"),
    path("matters/<str:reference>/corrections", filing.MatterCorrections.as_view(), name="matter_corrections"),
    path("matters/<str:reference>/parts", filing.MatterParts.as_view(), name="matter_parts"),
    path("matters/<str:reference>/situation", filing.MatterSituation.as_view(), name="matter_situation"),
    path(
        "matters/<str:reference>/parts/<str:member>/declaration",
        filing.MatterDeclaration.as_view(),
        name="matter_declaration",
    ),
    path("matters/<str:reference>/withdrawal", filing.MatterWithdrawal.as_view(), name="matter_withdrawal"),
]
handled = [
    path("cases", cases.Cases.as_view(), name="cases"),
    path("cases/<str:reference>", cases.Case.as_view(), name="case"),
    path("cases/<str:reference>/files/<str:file>", cases.CaseFile.as_view(), name="case_file"),
    path("cases/<str:reference>/messages", cases.Messages.as_view(), name="messages"),
    path("cases/<str:reference>/contest", cases.Contest.as_view(), name="contest"),
    *acts.urlpatterns(),
    path("case-search", desk.CaseSearch.as_view(), name="case_search"),
    path("work-items", desk.WorkItems.as_view(), name="work_items"),
    path("work-items/<int:item>/claim", desk.Claim.as_view(), name="claim"),
    path("work-items/<int:item>/give-back", desk.GiveBack.as_view(), name="give_back"),
    path("work-items/<int:item>/delegate", desk.Delegate.as_view(), name="delegate"),
    path("work-items/<int:item>/assign", desk.Assign.as_view(), name="assign"),
    path("work-items/<int:item>/complete", desk.Complete.as_view(), name="complete"),
    path("colleagues", desk.Colleagues.as_view(), name="colleagues"),
    path("opinions", desk.Opinions.as_view(), name="opinions"),
    path("opinions/<int:opinion>", desk.Opinion.as_view(), name="opinion"),
    path("opinions/<int:opinion>/answer", desk.GiveOpinion.as_view(), name="give_opinion"),
    path("opinions/<int:opinion>/withdrawal", desk.WithdrawOpinion.as_view(), name="withdraw_opinion"),
]
held = [
    path("bills", holdings.Bills.as_view(), name="bills"),
    path("bills/<str:reference>", holdings.Bill.as_view(), name="bill"),
    path("bills/<str:reference>/payment", holdings.BillPayment.as_view(), name="bill_payment"),
    path("bills/<str:reference>/receipt", holdings.BillReceipt.as_view(), name="bill_receipt"),
    path("documents", holdings.Documents.as_view(), name="documents"),
    path("documents/<str:reference>", holdings.Document.as_view(), name="document"),
    path("documents/<str:reference>/pdf", holdings.DocumentPdf.as_view(), name="document_pdf"),
    path("notices", holdings.Notices.as_view(), name="notices"),
    path("notices/<int:notice>/read", holdings.NoticeRead.as_view(), name="notice_read"),
    path("mandates", persons.Mandates.as_view(), name="mandates"),
    path("mandates/<int:mandate>/acceptance", persons.MandateAcceptance.as_view(), name="mandate_acceptance"),
    path("mandates/<int:mandate>/revocation", persons.MandateRevocation.as_view(), name="mandate_revocation"),
    path("data", persons.MyData.as_view(), name="my_data"),
    path("data/looks", persons.DataViews.as_view(), name="data_looks"),
    path("data/consents", persons.Consents.as_view(), name="consents"),
    path("data/consents/<int:consent>/revocation", persons.ConsentRevocation.as_view(), name="consent_revocation"),
    path("data/corrections", persons.FactCorrections.as_view(), name="fact_corrections"),
]

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api:schema"), name="docs"),
    path("v1/needs", catalogue.Needs.as_view(), name="needs"),
    path("v1/services", catalogue.Services.as_view(), name="services"),
    path("v1/services/<str:code>", catalogue.Service.as_view(), name="service"),
    path("v1/events", catalogue.Events.as_view(), name="events"),
    path("v1/events/<str:code>", catalogue.Event.as_view(), name="event"),
    path("v1/regions", catalogue.Regions.as_view(), name="regions"),
    path("v1/departments", catalogue.Departments.as_view(), name="departments"),
    path("v1/track/<str:reference>", catalogue.Track.as_view(), name="track"),
    path("v1/verify", openness.VerifyUpload.as_view(), name="verify_upload"),
    path("v1/verify/<str:code>", openness.Verify.as_view(), name="verify"),
    path("v1/journal/proofs/<str:ref>", openness.JournalProof.as_view(), name="journal_proof"),
    path("v1/payments/callbacks/<str:gateway>", holdings.PaymentCallback.as_view(), name="payment_callback"),
    path("v1/session", persons.Session.as_view(), name="session"),
    path("v1/capacities", persons.Capacities.as_view(), name="capacities"),
    path("v1/as/<str:capacity>/", include([*filed, *handled, *held])),
    re_path(r"^", not_found, name="nothing"),
]
