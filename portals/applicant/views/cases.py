"""One case: what was answered, how it stands, the decision; correcting, writing, rating, contesting."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from egov.casework import actions, queries
from egov.casework.models import Case
from egov.documents import actions as documents
from egov.documents import queries as document_queries
from egov.intake import actions as intake_actions
from egov.intake import queries as intake
from egov.intake import rules
from egov.intake.rules import Question
from egov.kernel.errors import EgovError, FieldError, InvalidInput
from egov.kernel.refs import Ref
from portals.applicant import answers as words
from portals.applicant.access import applicant_page
from portals.applicant.cards import card_of
from portals.applicant.talk import thread_of
from portals.applicant.views.matters import home_crumb
from portals.shared.components import Crumb, Fault, Field, Option, PlanStep
from portals.shared.templatetags.egov_ui import local_date_plain, localised
