"""The lifecycle drawn from its table, for the documents. No database, no clock."""

from collections.abc import Mapping

from egov.casework.rules.lifecycle import ENDS, TRANSITIONS, Who

WHO = {
    Who.APPLICANT: "applicant",
    Who.OFFICER: "officer",
    Who.APPROVER: "approver",
    Who.ADVISER: "department asked",
    Who.SUPERVISOR: "data administration",
    Who.SYSTEM: "by itself",
}


def mermaid() -> str:
    """A state diagram: every move that changes the state, with its act."""
    lines = ["stateDiagram-v2"]
    for act in TRANSITIONS.values():
        if not act.after:
            continue
        lines += [f"    {before or '[*]'} --> {act.after}: {act.key}" for before in sorted(act.before)]
    lines += [f"    {state} --> [*]" for state in sorted(ENDS)]
    return "\n".join(lines)


def table() -> str:
    """The whole table: act, from, to, who, roles, article, what stands against it."""
    rows = [
        "| act | from | to | who | roles | article | guards |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for act in TRANSITIONS.values():
        before = "–" if act.before == frozenset({""}) else ", ".join(sorted(act.before))
        who = ", ".join(WHO[each] for each in sorted(act.who))
        guards = ", ".join(guard.__name__ for guard in act.guards)
        cells = (act.key, before, act.after or "stays", who, ", ".join(sorted(act.roles)), act.article, guards)
        rows.append("| " + " | ".join(cell or " " for cell in cells) + " |")
    return "\n".join(rows)


def marked(text: str, parts: Mapping[str, str]) -> str:
    """``text`` with each part between its marks replaced. Raises ``ValueError`` when marks are missing."""
    for name, part in parts.items():
        start, end = f"<!-- {name} -->", f"<!-- /{name} -->"
        head, opened, rest = text.partition(start)
        _old, closed, tail = rest.partition(end)
        if not (opened and closed):
            raise ValueError(f"no marks for {name}")
        text = f"{head}{start}\n{part}\n{end}{tail}"
    return text
