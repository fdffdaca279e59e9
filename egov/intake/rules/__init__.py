"""The one validator of answers, for pages, the API and imports alike. Pure: no database, no clock, no request.

``compile_form`` turns the form of a service version into questions and pages once; ``check`` normalises answers,
drops those of hidden questions and names every fault with its remedy; ``storable`` is all that a draft asks for.
"""

from egov.intake.rules.answers import read, storable, tidy
from egov.intake.rules.bundle import (
    Bundle,
    BundleClaim,
    BundleEdge,
    BundleMember,
    BundleOutside,
    brought,
    passed,
    with_prerequisites,
)
from egov.intake.rules.fees import Price, PriceLine, price_of
from egov.intake.rules.form import Form, FormDefinitionError, FormPage, Question, compile_form
from egov.intake.rules.merging import Clash, MergedForm, Part, beside, merge
from egov.intake.rules.messages import missing
from egov.intake.rules.posting import read_page, row_of
from egov.intake.rules.progress import minutes_left
from egov.intake.rules.validation import (
    Checked,
    check,
    check_part,
    condition_context,
    fitting,
    is_right,
    place_of,
    told,
    unknown_keys,
    validate,
)

__all__ = [
    "Bundle",
    "BundleClaim",
    "BundleEdge",
    "BundleMember",
    "BundleOutside",
    "Checked",
    "Clash",
    "Form",
    "FormDefinitionError",
    "FormPage",
    "MergedForm",
    "Part",
    "Price",
    "PriceLine",
    "Question",
    "beside",
    "brought",
    "check",
    "check_part",
    "compile_form",
    "condition_context",
    "fitting",
    "is_right",
    "merge",
    "minutes_left",
    "missing",
    "passed",
    "place_of",
    "price_of",
    "read",
    "read_page",
    "row_of",
    "storable",
    "tidy",
    "told",
    "unknown_keys",
    "validate",
    "with_prerequisites",
]
