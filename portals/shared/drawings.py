"""What is drawn on an axis or in columns: the map of a bundle, the timeline of a matter. Plain values, as components are."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from egov.kernel.clock import local
from portals.shared.components import Badge, Text


# --- The map of a bundle: what comes first, what runs side by side ----------------------------------
@dataclass(frozen=True)
class Node:
    """A service in the map. ``after``: keys of the nodes it waits for; ``note``: when it ends or how long it takes."""

    key: str
    title: Text
    department: Text = ""
    note: Text = ""
    critical: bool = False
    optional: bool = False
    after: Sequence[str] = ()


@dataclass(frozen=True)
class Edge:
    """A stretched curve between two columns, in percent of their height."""

    start: float
    end: float
    critical: bool

    @property
    def path(self) -> str:
        return f"M0 {self.start:.1f}C60 {self.start:.1f} 40 {self.end:.1f} 100 {self.end:.1f}"


@dataclass(frozen=True)
class MapColumn:
    nodes: Sequence[Node]
    edges: Sequence[Edge] = ()  # from the column before


@dataclass(frozen=True)
class BundleMap:
    """Columns from left to right. Edges join neighbouring columns; longer ones stand in the list beside the map."""

    columns: Sequence[MapColumn]

    @classmethod
    def draw(cls, levels: Sequence[Sequence[Node]]) -> "BundleMap":
        columns: list[MapColumn] = []
        before: Sequence[Node] = ()
        for nodes in levels:
            places = {node.key: (place + 0.5) * 100 / len(before) for place, node in enumerate(before)}
            critical = {node.key for node in before if node.critical}
            edges = [
                Edge(places[key], (place + 0.5) * 100 / len(nodes), node.critical and key in critical)
                for place, node in enumerate(nodes)
                for key in node.after
                if key in places
            ]
            columns.append(MapColumn(nodes, edges))
            before = nodes
        return cls(columns)


# --- The timeline: departments as lanes ------------------------------------------------------------
class Bar(StrEnum):
    DONE = "done"
    RUN = "run"
    PAUSE = "pause"
    PLAN = "plan"
    MISS = "miss"


@dataclass(frozen=True)
class Segment:
    kind: Bar
    start: dt.datetime
    end: dt.datetime


@dataclass(frozen=True)
class Lane:
    """One department's part. ``critical``: it decides the date of the whole."""

    title: Text
    department: Text
    segments: Sequence[Segment]
    badge: Badge
    note: Text = ""
    due: dt.datetime | None = None
    critical: bool = False
    url: str = ""


@dataclass(frozen=True)
class DrawnBar:
    kind: Bar
    x: str
    width: str


@dataclass(frozen=True)
class DrawnLane:
    lane: Lane
    bars: Sequence[DrawnBar]
    due_x: str


@dataclass(frozen=True)
class Timeline:
    """Lanes with a common axis, in per cent of the width, so that the drawing fits 320 px without a style."""

    lanes: Sequence[DrawnLane]
    ticks: Sequence[dt.date]
    tick_x: Sequence[str]
    now_x: str
    today: dt.date

    @classmethod
    def draw(cls, lanes: Sequence[Lane], *, now: dt.datetime) -> Self:
        moments = [now]
        for lane in lanes:
            moments += [moment for part in lane.segments for moment in (part.start, part.end)]
            moments += [lane.due] if lane.due else []
        first = local(min(moments)).replace(hour=0, minute=0, second=0, microsecond=0)
        days = max((local(max(moments)) - first).days + 1, 3)
        step = -(-days // 3)  # three ticks, whole days
        span = dt.timedelta(days=step * 3)

        def x(moment: dt.datetime) -> float:
            return min(max((moment - first) / span * 100, 0.0), 100.0)

        drawn = [
            DrawnLane(
                lane=lane,
                bars=[
                    DrawnBar(part.kind, f"{x(part.start):.2f}", f"{max(x(part.end) - x(part.start), 0.8):.2f}")
                    for part in lane.segments
                ],
                due_x=f"{x(lane.due):.2f}" if lane.due else "",
            )
            for lane in lanes
        ]
        ticks = [(first + dt.timedelta(days=step * n)).date() for n in range(3)]
        return cls(drawn, ticks, ["0.00", "33.33", "66.67", "100.00"], f"{x(now):.2f}", local(now).date())
