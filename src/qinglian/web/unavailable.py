"""When the records cannot be reached (locked for too long, disk full, database away), or something broke.

The page asks nothing of the database and of no catalogue. It stands in all three languages, first in the one
that the address names, or else the browser.
"""

from __future__ import annotations

import errno
from collections.abc import Mapping

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.utils.cache import add_never_cache_headers
from django.utils.translation import get_language_from_request

from qinglian.web.frame import LANG_ATTRIBUTE
from qinglian.zone.current import current

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
RETRY_AFTER = 30  # seconds
# What is sent again is not kept twice: a draft is lodged once, and an action says which version it saw.
SAID = {
    "zh-hans": (
        "暂时无法办理",
        "系统此刻无法读写资料。",
        "您刚才提交的内容要么已完整保存，要么完全没有保存，不会只存一半。"
        "请一分钟后返回上一页再提交一次：已经保存的不会重复。",
    ),
    "zh-hant": (
        "暫時無法辦理",
        "系統此刻無法讀寫資料。",
        "您剛才提交的內容要麼已完整儲存，要麼完全沒有儲存，不會只存一半。"
        "請一分鐘後返回上一頁再提交一次：已經儲存的不會重複。",
    ),
    "en": (
        "This cannot be done right now",
        "The platform cannot reach its records at this moment.",
        "What you sent was kept whole or not at all, never in part. Go back in a minute and send it again: "
        "what was kept already is not kept twice.",
    ),
}
BROKE = {
    "zh-hans": ("服务出错", "这次没有保存任何内容。请稍后再试；以前提交的事项不受影响。"),
    "zh-hant": ("服務出錯", "這次沒有儲存任何內容。請稍後再試；以前提交的事項不受影響。"),
    "en": (
        "Something broke here",
        "Nothing was saved this time. Please try again later; what was lodged before is safe.",
    ),
}


def is_away(error: BaseException | None) -> bool:
    """Whether this error, or one that led to it, says that the records cannot be read or written."""
    seen = 0
    while error is not None and seen < 10:
        if isinstance(error, OperationalError | InterfaceError):
            return True
        if isinstance(error, OSError) and error.errno in FULL:
            return True
        error, seen = error.__cause__ or error.__context__, seen + 1
    return False


def unavailable(request: HttpRequest) -> HttpResponse:
    response = _page(request, SAID, 503)
    response.headers["Retry-After"] = str(RETRY_AFTER)
    return response


def broke(request: HttpRequest) -> HttpResponse:
    return _page(request, BROKE, 500)


def _page(request: HttpRequest, said: Mapping[str, tuple[str, ...]], status: int) -> HttpResponse:
    own = get_language_from_request(request, check_path=True)
    order = [
        {"attribute": LANG_ATTRIBUTE[code], "heading": said[code][0], "lines": said[code][1:]}
        for code in sorted(said, key=lambda code: code != own)
    ]
    zone = current()
    page = {
        "order": order, "zone": zone, "title": zone.title.say(own), "own": own, "status": status,
        "name": "Qinglian" if own == "en" else "清廉", "lang_attribute": LANG_ATTRIBUTE[own],
    }  # fmt: skip
    response = HttpResponse(loader.get_template("unavailable.html").render(page), status=status)
    add_never_cache_headers(response)
    return response
