"""The addresses of the desk, below /desk/."""

from __future__ import annotations

from django.urls import path

from qinglian.capabilities.cases.views import (
    answers,
    beside,
    desk,
    desk_channels,
    holds,
    papers,
    queues,
    searching,
    thread,
    together,
)

urlpatterns = [
    path("", queues.desk, name="desk"),
    path("give/", queues.give, name="desk-give"),
    path("answers/", answers.desk_answers, name="desk-answers"),
    path("answers/<str:number>/", answers.desk_answer, name="desk-answer"),
    path("answers/<str:number>/publish/", answers.publish, name="publish-answer"),
    path("answers/<str:number>/decline/", answers.decline, name="decline-answer"),
    path("answers/<str:number>/withdraw/", answers.withdraw, name="withdraw-answer"),
    path("<str:number>/publish/answer/", answers.draft, name="draft-answer"),
    path("rooms/", desk_channels.desk_channels, name="desk-channels"),
    path("rooms/<slug:channel_id>/", desk_channels.desk_channel, name="desk-channel"),
    path("rooms/<slug:channel_id>/code/", desk_channels.make_code, name="desk-channel-code"),
    path("rooms/<slug:channel_id>/out/<int:member>/", desk_channels.send_out, name="desk-channel-out"),
    path("<str:number>/room/hide/", desk_channels.hide, name="desk-hide"),
    path("holds/", holds.holds, name="holds"),
    path("holds/<int:hold>/lift/", holds.lift, name="hold-lift"),
    path("asked/", together.asked, name="asked"),
    path("asked/<int:contribution>/", together.contribute, name="contribute"),
    path("search/", searching.search, name="search"),
    path("<str:number>/", desk.case, name="desk-case"),
    path("<str:number>/file/<str:sha>/", papers.on_desk, name="desk-file"),
    path("<str:number>/letter/", thread.desk_letter, name="desk-letter"),
    path("<str:number>/give/person/", desk.assign, name="desk-assign"),
    path("<str:number>/without/<int:contribution>/", together.without, name="desk-without"),
    path("<str:number>/letters/<int:place>/", together.desk_letter, name="desk-letter-page"),
    path("<str:number>/letters/<int:place>/pdf/", together.desk_letter_pdf, name="desk-letter-pdf"),
    path("<str:number>/note/add/", beside.note, name="desk-note"),
    path("<str:number>/link/add/", beside.link, name="desk-link"),
    path("<str:number>/answer/<int:proposal>/", desk.answer, name="desk-answer"),
    path("<str:number>/extend/<slug:rule_id>/", desk.extend, name="desk-extend"),
    path("<str:number>/<slug:action>/", desk.act, name="desk-act"),
]
