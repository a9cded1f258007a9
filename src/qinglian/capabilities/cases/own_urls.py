"""The addresses of whoever follows a case, below /cases/."""

from __future__ import annotations

from django.urls import path

from qinglian.capabilities.cases.views import feeds, mine, thread

urlpatterns = [
    path("mine/", mine.mine, name="mine"),
    path("mine/calendar/", mine.address, name="mine-calendar"),
    path("track/<str:number>/receipt/<int:seq>/", thread.receipt, name="receipt"),
    path("track/<str:number>/receipt/<int:seq>/pdf/", thread.printed_receipt, name="receipt-pdf"),
    path("track/<str:number>/letter/", thread.letter, name="letter"),
    path("track/<str:number>/person/", thread.person, name="ask-person"),
    path("track/<str:number>/calendar/", feeds.case_address, name="calendar-address"),
    path("calendar/<str:secret>/deadlines.ics", feeds.calendar, name="calendar"),
]
