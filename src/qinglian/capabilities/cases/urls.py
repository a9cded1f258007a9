from __future__ import annotations

from django.urls import include, path

from qinglian.capabilities.cases import views
from qinglian.capabilities.cases.views import (
    answer_feed,
    answers,
    channels,
    keeping,
    lodging,
    papers,
    together,
    tracking,
)

app_name = "cases"
urlpatterns = [
    path("cases/", views.matters, name="matters"),
    path("cases/track/", tracking.track, name="track"),
    path("cases/track/<str:number>/", tracking.status, name="status"),
    path("cases/track/<str:number>/letters/<int:place>/", together.own_letter, name="own-letter"),
    path("cases/track/<str:number>/letters/<int:place>/pdf/", together.own_letter_pdf, name="own-letter-pdf"),
    path("cases/track/<str:number>/record/<int:seq>/", tracking.record, name="record"),
    path("cases/track/<str:number>/file/<str:sha>/", papers.of_own_case, name="own-file"),
    path("cases/", include("qinglian.capabilities.cases.own_urls")),
    path("cases/track/<str:number>/<slug:action>/", tracking.act, name="applicant-act"),
    path("cases/resume/", keeping.resume, name="resume"),
    path("cases/resume/file/", keeping.resume_file, name="resume-file"),
    path("cases/lodged/", lodging.lodged, name="lodged"),
    path("cases/calendars/", views.calendars, name="calendars"),
    path("cases/calendars/<str:calendar_id>/<int:year>/", views.calendar_year, name="calendar-year"),
    path("cases/new/<slug:matter_id>/", views.matter, name="matter"),
    path("cases/new/<slug:matter_id>/begin/", lodging.begin, name="begin"),
    path("cases/new/<slug:matter_id>/privately/", channels.privately, name="privately"),
    path("cases/new/<slug:matter_id>/keep/", keeping.keep, name="keep"),
    path("cases/new/<slug:matter_id>/keep/file/", keeping.keep_file, name="keep-file"),
    path("cases/new/<slug:matter_id>/file/<str:sha>/", papers.of_own_draft, name="draft-file"),
    path("cases/new/<slug:matter_id>/check/", lodging.check, name="check"),
    path("cases/new/<slug:matter_id>/<slug:step_id>/", lodging.step, name="step"),
    path("rooms/", channels.every, name="channels"),
    path("rooms/<slug:channel_id>/", channels.room, name="channel"),
    path("rooms/<slug:channel_id>/ask/", channels.ask, name="channel-ask"),
    path("rooms/<slug:channel_id>/join/", channels.join, name="channel-join"),
    path("rooms/<slug:channel_id>/leave/", channels.leave, name="channel-leave"),
    path("answers/", answers.answers, name="answers"),
    path("answers/feed.atom", answer_feed.AnswerFeed(), name="answer-feed"),
    path("answers/<str:number>/", answers.answer, name="answer"),
    path("desk/", include("qinglian.capabilities.cases.desk_urls")),
]
