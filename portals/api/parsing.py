"""JSON as it may be stored: of reasonable depth, and of text that has a form in UTF-8."""

import json
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser


class TextParser(JSONParser):
    """Raises ``ParseError`` also for lone surrogates and for nesting that no form has."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        try:
            data = super().parse(stream, media_type, parser_context)
            json.dumps(data, ensure_ascii=False).encode()
        except (RecursionError, UnicodeEncodeError) as error:
            raise ParseError(_("The body is nested too deeply or holds characters that are no text.")) from error
        return data
