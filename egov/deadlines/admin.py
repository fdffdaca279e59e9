"""Calendars and clocks, to be looked at: a day is set through the action that moves the clocks with it."""

from django.contrib import admin

from egov.deadlines.models import CalendarDay, Clock, WorkCalendar
from egov.kernel.admin_read_only import ReadOnlyAdmin


@admin.register(WorkCalendar)
class WorkCalendarAdmin(ReadOnlyAdmin):
    list_display = ["key", "name", "based_on"]
    list_select_related = ["based_on"]


@admin.register(CalendarDay)
class CalendarDayAdmin(ReadOnlyAdmin):
    list_display = ["day", "calendar", "is_working", "name", "provisional"]
    list_filter = ["calendar", "provisional", "is_working"]
    list_select_related = ["calendar"]
    date_hierarchy = "day"
    ordering = ["-day"]


@admin.register(Clock)
class ClockAdmin(ReadOnlyAdmin):
    list_display = ["subject", "kind", "limit", "unit", "started_at", "due_at", "paused_at", "stopped_at", "missed_at"]
    list_filter = ["kind"]
    search_fields = ["=subject"]
    ordering = ["-pk"]
