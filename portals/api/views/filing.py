"""Drafts, attachments, submissions, matters: what an applicant files."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from egov.catalogue import queries as catalogue
from egov.documents import queries as documents
from egov.intake import actions, queries
from egov.intake.actions import WrongApplicant
from egov.intake.queries import OpenCorrections, OpenDraft
from egov.intake.rules import Form
from egov.kernel.errors import FieldError, InvalidInput, NotFound
from egov.matters import actions as matter_actions
from egov.matters import queries as matters
from egov.matters.models import MatterState
from portals.api import pagination
from portals.api.problems import InvalidHeader
from portals.api.serializers import filing as s
from portals.api.serializers.base import drawn, listing
from portals.api.views.base import IF_MATCH, ActorView, expected_version, precondition, with_etag
from portals.shared.mandated import file_in_reach

MOST_KEY = 100
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    required=True,
    description="Chosen by you, at most 100 characters. The same key and content give the same submission again.",
)


def key_of(request: Request) -> str:
    """Raises ``InvalidHeader`` without one: a repeat could not be told from a second application."""
    key = request.headers.get("Idempotency-Key", "").strip()
    if not 1 <= len(key) <= MOST_KEY or not key.isprintable():
        raise InvalidHeader.named(
            "Idempotency-Key",
            "required",
            _("Send an idempotency key of 1 to 100 characters, new for each application."),
        )
    return key


@contextmanager
def pointing_at_answers(form: Form, names: Collection[str]) -> Iterator[None]:
    """Faults in answers point into the request: ``/answers/lost_on``, for a file ``/files/photo``."""
    try:
        yield
    except WrongApplicant:  # at no member of the request: its address says for whom it is filed
        raise
    except InvalidInput as error:
        raise InvalidInput([_pointing(fault, form, names) for fault in error.faults], error.message) from error


def _pointing(fault: FieldError, form: Form, names: Collection[str]) -> FieldError:
    first = fault.path.split("/")[0]
    question = form.by_key.get(first)
    if question is not None and question.is_file and "files" in names:
        return FieldError(f"files/{question.material}", fault.code, fault.message)
    if question is None and first in names:
        return fault
    return FieldError(f"answers/{fault.path}", fault.code, fault.message)


@contextmanager
def pointing_at_file() -> Iterator[None]:
    """Faults of a file that was sent alone point at it; those of its material at that."""
    try:
        yield
    except InvalidInput as error:
        faults = [fault if fault.path == "material" else replace(fault, path="file") for fault in error.faults]
        raise InvalidInput(faults, error.message) from error


class Drafts(ActorView):
    @extend_schema(
        parameters=pagination.PARAMETERS,
        responses=listing(s.DraftSerializer),
        operation_id="list_drafts",
        tags=["filing"],
    )
    def get(self, request: Request, capacity: str) -> Response:
        """Forms being filled in, last saved first."""
        found = pagination.page(request, queries.drafts_of(self.actor), order=("-saved_at", "-id"))
        return pagination.answer(request, s.DraftSerializer, found)

    @extend_schema(
        request=s.DraftRequest, responses={201: s.DraftSerializer}, operation_id="start_draft", tags=["filing"]
    )
    def post(self, request: Request, capacity: str) -> Response:
        """Start a draft, prefilled with what registers know."""
        draft = actions.start_draft(self.actor, **self.body(s.DraftRequest))
        response = Response(s.DraftSerializer(draft).data, status=status.HTTP_201_CREATED)
        response["Location"] = request.build_absolute_uri(f"{request.path}/{draft.reference}")
        return with_etag(response, draft.revision)


class Draft(ActorView):
    @extend_schema(responses=s.DraftSerializer, operation_id="get_draft", tags=["filing"])
    def get(self, request: Request, capacity: str, reference: str) -> Response:
        """One draft with its answers and where they came from."""
        draft = queries.open_draft(self.actor, reference=reference)
        return with_etag(Response(_shown(draft)), draft.draft.revision)

    @extend_schema(
        request=s.DraftChange,
        parameters=[IF_MATCH],
        responses=s.DraftSerializer,
        operation_id="save_draft",
        tags=["filing"],
    )
    def patch(self, request: Request, capacity: str, reference: str) -> Response:
        """Keep answers, right or wrong: nothing typed is lost."""
        given = self.body(s.DraftChange)
        given["revision"] = expected_version(request, given.get("revision"))
        with precondition(request):
            actions.save_draft(self.actor, draft=reference, **given)
        draft = queries.open_draft(self.actor, reference=reference)
        return with_etag(Response(_shown(draft)), draft.draft.revision)

    @extend_schema(responses={204: None}, operation_id="discard_draft", tags=["filing"])
    def delete(self, request: Request, capacity: str, reference: str) -> Response:
        """Throw it away; its answers and files go."""
        actions.discard(self.actor, draft=reference)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _shown(opened: OpenDraft) -> dict[str, Any]:
    opened.draft.version = opened.version
    return dict(s.DraftSerializer(opened.draft).data)


class DraftForm(ActorView):
    @extend_schema(responses=s.FormSerializer, operation_id="get_draft_form", tags=["filing"])
    def get(self, request: Request, capacity: str, reference: str) -> Response:
        """What the draft asks, page by page; of several services each question once, with all it serves."""
        opened = queries.open_draft(self.actor, reference=reference)
        return Response(s.FormSerializer(opened.form).data)


class DraftCheck(ActorView):
    @extend_schema(responses=s.CheckSerializer, operation_id="check_draft", tags=["filing"])
    def get(self, request: Request, capacity: str, reference: str) -> Response:
        """What is still missing or wrong, what it costs, and what registers bring."""
        opened = queries.review(self.actor, draft=reference)
        anew = queries.planned_anew(self.actor, opened)
        faults = [
            {"pointer": f"/answers/{fault.path}", "code": fault.code, "detail": str(fault.message)}
            for fault in opened.checked.faults
        ]
        body = {
            "complete": not faults,
            "faults": faults,
            "asked": [key for key in opened.form.by_key if key in opened.checked.visible],
            "price": opened.price.total,
            "price_lines": opened.price.lines,
            "fetched": [paper.material for paper in opened.shared_papers if paper.is_fetched],
            "unheld": [paper.material for paper in opened.shared_papers if not paper.is_held and not paper.handed_in],
            "minutes_left": opened.minutes_left,
            "current": opened.is_current and not (anew and anew.changed),
            "services_added": anew.came if anew else (),
            "services_removed": anew.went if anew else (),
            "services_offered": anew.offered if anew else (),
            "to_ask": anew.plan.to_ask if anew else (),
        }
        return Response(s.CheckSerializer(body).data)


class DraftMigration(ActorView):
    @extend_schema(
        request=s.MigrationRequest, responses=s.MigrationSerializer, operation_id="migrate_draft", tags=["filing"]
    )
    def post(self, request: Request, capacity: str, reference: str) -> Response:
        """Move a draft to the published version of its service, and one of an event to the services that are needed by
        now; answers that still fit are kept."""
        given = self.body(s.MigrationRequest)
        opened = queries.open_draft(self.actor, reference=reference)
        with pointing_at_answers(opened.form, s.MigrationRequest.members()):
            moved = actions.migrate_draft(self.actor, draft=reference, **given)
        return Response(s.MigrationSerializer(moved).data)


class Attachments(ActorView):
    parser_classes = [MultiPartParser]

    @extend_schema(responses=s.AttachmentSerializer(many=True), operation_id="list_attachments", tags=["filing"])
    def get(self, request: Request, capacity: str, reference: str) -> Response:
        """What is attached, in the order it was added."""
        opened = queries.open_draft(self.actor, reference=reference)
        return Response(s.AttachmentSerializer(opened.attachments, many=True).data)

    @extend_schema(
        request={"multipart/form-data": s.AttachmentRequest},
        responses={201: s.AttachmentSerializer},
        operation_id="attach",
        tags=["filing"],
    )
    def post(self, request: Request, capacity: str, reference: str) -> Response:
        """Attach a file for a material; its type is judged by its content."""
        given = self.body(s.AttachmentRequest)
        with pointing_at_file():
            attachment = actions.attach(self.actor, draft=reference, material=given["material"], upload=given["file"])
        return Response(s.AttachmentSerializer(attachment).data, status=status.HTTP_201_CREATED)


class Attachment(ActorView):
    @extend_schema(responses={204: None}, operation_id="detach", tags=["filing"])
    def delete(self, request: Request, capacity: str, reference: str, attachment: int) -> Response:
        """Take a file off."""
        actions.detach(self.actor, draft=reference, attachment=attachment)
        return Response(status=status.HTTP_204_NO_CONTENT)


class DraftSubmission(ActorView):
    throttle_scope = "submit"

    @extend_schema(
        request=s.ConsentRequest,
        parameters=[IDEMPOTENCY_KEY],
        responses={201: s.SubmissionSerializer},
        operation_id="submit_draft",
        tags=["filing"],
    )
    def post(self, request: Request, capacity: str, reference: str) -> Response:
        """File a draft. Repeat it freely with the same key: there is one submission."""
        key = key_of(request)
        submission = actions.submit(self.actor, draft=reference, key=key, **self.body(s.ConsentRequest))
        return Response(s.SubmissionSerializer(submission).data, status=status.HTTP_201_CREATED)


class Files(ActorView):
    parser_classes = [MultiPartParser]

    @extend_schema(
        request={"multipart/form-data": s.FileRequest},
        responses={201: s.StoredFileSerializer},
        operation_id="store_file",
        tags=["filing"],
    )
    def post(self, request: Request, capacity: str) -> Response:
        """Store a file for a material of a service, to be named when filing directly or correcting."""
        given = self.body(s.FileRequest)
        version = catalogue.published(given["service"])
        with pointing_at_file():
            stored = actions.keep_upload(self.actor, version=version, material=given["material"], upload=given["file"])
        return Response(s.StoredFileSerializer(stored).data, status=status.HTTP_201_CREATED)


class File(ActorView):
    @extend_schema(
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY}, operation_id="get_file", tags=["filing"]
    )
    def get(self, request: Request, capacity: str, reference: str) -> HttpResponse:
        """A file that the party handed in."""
        if not file_in_reach(self.actor, reference):
            raise NotFound
        found, opened = documents.open_own_file(self.party_id, reference)
        return download(opened.read(), found.name, found.content_type)


def download(content: bytes, name: str, content_type: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    return response


class Submissions(ActorView):
    throttle_scope = "submit"

    @extend_schema(
        parameters=pagination.PARAMETERS,
        responses=listing(s.SubmissionSerializer),
        operation_id="list_submissions",
        tags=["filing"],
    )
    def get(self, request: Request, capacity: str) -> Response:
        """What was sent, newest first."""
        found = pagination.page(request, queries.visible_submissions(self.actor))
        return pagination.answer(request, s.SubmissionSerializer, found)

    @extend_schema(
        request=s.SubmissionRequest,
        parameters=[IDEMPOTENCY_KEY],
        responses={201: s.SubmissionSerializer},
        operation_id="submit",
        tags=["filing"],
    )
    def post(self, request: Request, capacity: str) -> Response:
        """File in one request, without a draft."""
        key, given = key_of(request), self.body(s.SubmissionRequest)
        form = queries.form_for(catalogue.published(given["service"]))
        with pointing_at_answers(form, s.SubmissionRequest.members()):
            submission = actions.submit_direct(self.actor, key=key, channel="api", **given)
        return Response(s.SubmissionSerializer(submission).data, status=status.HTTP_201_CREATED)


class Submission(ActorView):
    @extend_schema(responses=s.SubmissionSerializer, operation_id="get_submission", tags=["filing"])
    def get(self, request: Request, capacity: str, reference: str) -> Response:
        """The receipt: number, time, and the matter that follows from it."""
        return Response(s.SubmissionSerializer(queries.submission_of(self.actor, reference=reference)).data)


class Matters(ActorView):
    @extend_schema(
        parameters=[OpenApiParameter("state", str, enum=MatterState.values), *pagination.PARAMETERS],
        responses=listing(s.MatterSerializer),
        operation_id="list_matters",
        tags=["following"],
    )
    def get(self, request: Request, capacity: str) -> Response:
        """What was asked for, as wholes, newest first."""
        rows = matters.matters_of(self.actor)
        state = request.query_params.get("state", "")
        if state:
            rows = rows.filter(state=state)
        return pagination.answer(request, s.MatterSerializer, pagination.page(request, rows))


class Matter(ActorView):
    @extend_schema(responses=s.TimelineSerializer, operation_id="get_matter", tags=["following"])
    def get(self, request: Request, capacity: str, reference: str) -> Response:
        """The whole with its timeline, one lane a member."""
        return Response(s.TimelineSerializer(matters.timeline(self.actor, reference=reference)).data)


class MatterChange(ActorView):
    @extend_schema(
        request=s.ChangeRequest,
        responses={200: s.ReachedSerializer},
        operation_id="correct_answers",
        tags=["following"],
    )
    def post(self, request: Request, capacity: str, reference: str) -> Response:
        """Correct answers after filing: proposed to every department that asked for them and has not decided."""
        reached = actions.propose_change(self.actor, matter=reference, **self.body(s.ChangeRequest))
        revised = matters.timeline(self.actor, reference=reference).revised
        body = {"members": reached, "lacking": revised.lacking, "superfluous": revised.superfluous}
        return Response(s.ReachedSerializer(body).data)


class MatterSituation(ActorView):
    @extend_schema(responses=s.SituationSerializer(many=True), operation_id="list_situation", tags=["following"])
    def get(self, request: Request, capacity: str, reference: str) -> Response:
        """The questions of the event that no department asked, each with the answer that counts."""
        found = queries.answers_of(self.actor, matter=reference)
        rows = [
            {"question": question["key"], "text": question["text"], "answer": answer}
            for question, answer in queries.situation_of(self.actor, found)
        ]
        return Response(drawn(s.SituationSerializer, rows))

    @extend_schema(
        request=s.SituationRequest,
        responses={200: s.RevisedSerializer},
        operation_id="answer_anew",
        tags=["following"],
    )
    def post(self, request: Request, capacity: str, reference: str) -> Response:
        """Answer one of them anew: what the matter needs by now is told, and begun by `start_lacking_draft`."""
        actions.answer_anew(self.actor, matter=reference, **self.body(s.SituationRequest))
        revised = matters.timeline(self.actor, reference=reference).revised
        return Response(s.RevisedSerializer({"lacking": revised.lacking, "superfluous": revised.superfluous}).data)


class MatterParts(ActorView):
    @extend_schema(
        request=s.PartRequest, responses={201: s.DraftSerializer}, operation_id="start_lacking_draft", tags=["filing"]
    )
    def post(self, request: Request, capacity: str, reference: str) -> Response:
        """Start a draft of what corrected answers made necessary, with what has to come before it; submitted, it joins
        the matter. What is known is filled in. 404 for what the matter does not lack."""
        draft = actions.start_lacking(self.actor, matter=reference, **self.body(s.PartRequest))
        response = Response(s.DraftSerializer(draft).data, status=status.HTTP_201_CREATED)
        response["Location"] = request.build_absolute_uri(f"/api/v1/as/{capacity}/drafts/{draft.reference}")
        return with_etag(response, draft.revision)


class MatterDeclaration(ActorView):
    @extend_schema(
        request=s.DeclarationRequest,
        responses={200: OpenApiResponse(s.TimelineSerializer)},
        operation_id="declare_done",
        tags=["following"],
    )
    def post(self, request: Request, capacity: str, reference: str, member: str) -> Response:
        """Say that what somebody else was to file is done: what waits for it goes on, its department judges it."""
        given = self.body(s.DeclarationRequest)
        file = documents.own_file(self.party_id, given["file"]) if given["file"] else None
        matter_actions.declare_done(self.actor, matter=reference, member=member, text=given["text"], file=file)
        return Response(s.TimelineSerializer(matters.timeline(self.actor, reference=reference)).data)


class MatterCorrections(ActorView):
    throttle_scope = "submit"

    @extend_schema(responses=s.CorrectionsSerializer, operation_id="get_corrections", tags=["following"])
    def get(self, request: Request, capacity: str, reference: str) -> Response:
        """All that the departments of the matter ask to be put right, as one notice: each question once, with who asks
        for it and why. 404 when nothing is asked (any more)."""
        return Response(s.CorrectionsSerializer(queries.open_corrections(self.actor, matter=reference)).data)

    @extend_schema(
        request=s.CorrectionsRequest,
        responses={200: OpenApiResponse(s.TimelineSerializer)},
        operation_id="answer_corrections",
        tags=["following"],
    )
    def post(self, request: Request, capacity: str, reference: str) -> Response:
        """Answer the whole notice at once: each department gets what it asked for, all of them or none. What a new
        answer makes necessary is answered with it (422 names it); the other services of the matter that asked for the
        same hear of it. An answer that decides a fee is refused: withdraw that part and file it anew."""
        given = self.body(s.CorrectionsRequest)
        found = queries.open_corrections(self.actor, matter=reference)
        _require_asked(found, given)
        with pointing_at_answers(found.form, s.CorrectionsRequest.members()):
            actions.answer_corrections(self.actor, matter=reference, **given)
        return Response(s.TimelineSerializer(matters.timeline(self.actor, reference=reference)).data)


def _require_asked(found: OpenCorrections, given: dict[str, Any]) -> None:
    """Raises ``InvalidInput`` at what no department asks for, and nothing makes necessary that one does ask for."""
    open_to = [found.form.by_key[key] for key in queries.answerable(found, given["answers"])]
    asked = {
        "answers": {question.key for question in open_to if not question.is_file},
        "files": {question.material for question in open_to if question.is_file},
    }
    text = _("No department asks for this.")
    if faults := [
        FieldError(f"{name}/{key}", "unknown", text) for name in asked for key in given[name] if key not in asked[name]
    ]:
        raise InvalidInput(faults)


class MatterWithdrawal(ActorView):
    @extend_schema(
        request=s.WithdrawRequest,
        responses={200: OpenApiResponse(s.TimelineSerializer)},
        operation_id="withdraw_matter",
        tags=["following"],
    )
    def post(self, request: Request, capacity: str, reference: str) -> Response:
        """Take back the whole before it is decided."""
        matter_actions.withdraw_matter(self.actor, matter=reference, **self.body(s.WithdrawRequest))
        return Response(s.TimelineSerializer(matters.timeline(self.actor, reference=reference)).data)
