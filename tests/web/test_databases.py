"""What the platform asks of its database, whatever address it is given."""

from qinglian.web.databases import configured

POSTGRES = "postgres://somebody@127.0.0.1/zone"


def options(url: str) -> str:
    return str(configured(url, 5)["OPTIONS"]["options"])


def test_postgresql_compiles_no_statement_and_waits_no_longer_than_told():
    assert options(POSTGRES) == "-c jit=off -c lock_timeout=5000"


def test_what_the_address_asks_for_comes_last_and_so_decides():
    assert options(POSTGRES + "?options=-c%20jit%3Don") == "-c jit=off -c lock_timeout=5000 -c jit=on"
