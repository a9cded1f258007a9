"""What is counted or taken once holds for all processes together: the database alone stands between them."""

from __future__ import annotations

import json
import subprocess
import sys
import time

import pytest
from tests.faults.running_site import ROOT, Site

BOTH = pytest.mark.parametrize("site", ["sqlite", "postgresql"], indirect=True)
BEFORE = """
import django; django.setup()
from django.contrib.auth import get_user_model
from tests import people
people.units()
li = people.li()
print(people.code_of("li"))
"""
AT_ONCE = """
import json, sys, time
import django; django.setup()
from concurrent.futures import ThreadPoolExecutor
from allauth.core import context
from allauth.core.internal import ratelimit
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.db import connections
from django.test import RequestFactory
from qinglian.capabilities.parties.forms import CodeForm
code, moment, name = sys.argv[1], float(sys.argv[2]), sys.argv[3]
li = get_user_model().objects.get(username="li")
request = RequestFactory().post("/", REMOTE_ADDR="192.0.2.1")
request.user = li

def tries(n):
    time.sleep(max(0, moment - time.time()))
    with context.request_context(request):
        found = [
            CodeForm(user=li, data={"code": code}).is_valid(),
            bool(ratelimit.consume(request, app="allauth.account", action="login_failed", key="li")),
            cache.add("only one", name),
        ]
    connections.close_all()
    return found

with ThreadPoolExecutor(4) as pool:
    print(json.dumps(list(pool.map(tries, range(4)))))
"""


def ask(site: Site, code: str, *words: str) -> subprocess.Popen[str]:
    environment = site.environment(DJANGO_SETTINGS_MODULE="qinglian.web.settings")
    return subprocess.Popen(
        [sys.executable, "-c", code, *words], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    )


@BOTH
def test_a_code_is_taken_once_and_tries_are_counted_together(site: Site) -> None:
    code = str(ask(site, BEFORE).communicate(timeout=120)[0]).strip().splitlines()[-1]
    moment = str(time.time() + 5)
    both = [ask(site, AT_ONCE, code, moment, name) for name in ("one", "another")]
    told = [each for process in both for each in json.loads(process.communicate(timeout=120)[0])]
    taken, counted, added = ([bool(each[k]) for each in told].count(True) for k in range(3))
    assert len(told) == 8
    assert taken == 1, "a code signs in once, whichever process is asked"
    assert counted <= 5, "five wrong codes in five minutes, of all processes together"
    assert added == 1
