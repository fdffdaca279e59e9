"""``/api/v1/``. What concerns a person stands under ``as/<capacity>/``, as on the pages."""

from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from portals.api.problems import not_found
from portals.api.views import cases, catalogue, desk, filing, holdings

app_name = "api"

in_capacity = [
    path("drafts", filing.Drafts.as_view(), name="drafts"),
    path("drafts/<str:reference>", filing.Draft.as_view(), name="draft"),
    path("drafts/<str:reference>/attachments", filing.Attachments.as_view(), name="attachments"),
    path("drafts/<str:reference>/submission", filing.DraftSubmission.as_view(), name="draft_submission"),
    path("submissions", filing.Submissions.as_view(), name="submissions"),
    path("submissions/<str:reference>", filing.Submission.as_view(), name="submission"),
    path("matters", cases.Matters.as_view(), name="matters"),
    path("cases", cases.Cases.as_view(), name="cases"),
    path("cases/<str:reference>", cases.Case.as_view(), name="case"),
    path("cases/<str:reference>/acts/<str:act>", cases.CaseAct.as_view(), name="case_act"),
    path("work-items", desk.WorkItems.as_view(), name="work_items"),
    path("work-items/<int:item>/claim", desk.Claim.as_view(), name="claim"),
    path("work-items/<int:item>/give-back", desk.GiveBack.as_view(), name="give_back"),
    path("work-items/<int:item>/complete", desk.Complete.as_view(), name="complete"),
    path("bills", holdings.Bills.as_view(), name="bills"),
    path("bills/<str:reference>/payment", holdings.BillPayment.as_view(), name="bill_payment"),
    path("documents", holdings.Documents.as_view(), name="documents"),
    path("notices", holdings.Notices.as_view(), name="notices"),
    path("notices/<int:notice>/read", holdings.NoticeRead.as_view(), name="notice_read"),
]

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api:schema"), name="docs"),
    path("v1/needs", catalogue.Needs.as_view(), name="needs"),
    path("v1/services", catalogue.Services.as_view(), name="services"),
    path("v1/services/<str:code>", catalogue.Service.as_view(), name="service"),
    path("v1/verify/<str:code>", holdings.Verify.as_view(), name="verify"),
    path("v1/payments/callbacks/<str:gateway>", holdings.PaymentCallback.as_view(), name="payment_callback"),
    path("v1/capacities", holdings.Capacities.as_view(), name="capacities"),
    path("v1/as/<str:capacity>/", include(in_capacity)),
    re_path(r"^", not_found),
]
