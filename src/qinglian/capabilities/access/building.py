"""Builds the second fence in a PostgreSQL: a role that may only SELECT, and for each table which rows.

Safe to run again. A row-level rule holds for everybody but the owner of the table, who is the platform's own
user: worker, commands and requests that write are not held back.
"""

from __future__ import annotations

import re
from functools import cache
from hashlib import sha256

from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, ProgrammingError, connection, transaction
from django.utils.module_loading import import_string

from qinglian.capabilities.access.fencing import OPEN, SHUT, Fenced
from qinglian.faults import Fault
from qinglian.faults import noop as _

RULE = "qinglian_reads"
MARKED = "SELECT obj_description(to_regproc('qinglian_fence'), 'pg_proc')"
SEEN: dict[str, bool] = {}  # database → whether its fence stands, asked once by each process
ROLE_SHAPE = re.compile(r"[a-z_][a-z0-9_]{0,62}")


@cache
def fenced() -> dict[str, Fenced]:
    """App label → what it says of its tables."""
    said = {c.label: c.fence for c in apps.get_app_configs() if hasattr(c, "fence")}
    found = {label: import_string(each) if isinstance(each, str) else each for label, each in said.items()}
    return {label: each if isinstance(each, Fenced) else Fenced(each) for label, each in found.items()}


def rules() -> dict[str, str]:
    """Table → its rule, of every capability."""
    return {table: rule for each in fenced().values() for table, rule in each.tables.items()}


def unnamed() -> list[str]:
    """Tables that no capability has said a word about."""
    known = rules()
    models = apps.get_models(include_auto_created=True)
    return sorted(m._meta.db_table for m in models if m._meta.managed and m._meta.db_table not in known)


def _plan(role: str, schema: str) -> list[str]:
    """The statements, in order; the same for the same program."""
    statements = [
        f'REVOKE ALL ON ALL TABLES IN SCHEMA "{schema}" FROM {role}',
        f'GRANT USAGE ON SCHEMA "{schema}" TO {role}',
    ]
    for each in fenced().values():
        statements += [text.replace("{schema}", f'"{schema}"') for text in each.functions]
    for table, rule in sorted(rules().items()):
        name = f'"{schema}"."{table}"'
        statements.append(f"DROP POLICY IF EXISTS {RULE} ON {name}")
        closed = rule not in (OPEN, SHUT)
        statements.append(f"ALTER TABLE {name} {'ENABLE' if closed else 'DISABLE'} ROW LEVEL SECURITY")
        if closed:
            statements.append(f"CREATE POLICY {RULE} ON {name} FOR SELECT USING ({rule})")
        if rule != SHUT:
            statements.append(f"GRANT SELECT ON {name} TO {role}")
    return statements


def _mark(role: str, schema: str) -> str:
    return sha256("\n".join(_plan(role, schema)).encode()).hexdigest()


def _here() -> tuple[str, str]:
    role = settings.FENCE_ROLE
    if not ROLE_SHAPE.fullmatch(role):
        raise Fault(_("QINGLIAN_READER names no role; write small letters, digits and _"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        return role, str(cursor.fetchone()[0])


def state() -> str:
    """stands | off | nowhere (not PostgreSQL) | missing | old (of another version) | untaken (the role)."""
    if connection.vendor != "postgresql":
        return "nowhere"
    if settings.FENCE == "off":
        return "off"
    role, schema = _here()
    with connection.cursor() as cursor:
        cursor.execute(MARKED)
        mark = cursor.fetchone()[0]
    if mark is None:
        return "missing"
    if mark != _mark(role, schema):
        return "old"
    if not _can_take(role):
        return "untaken"
    return "stands" if _has_rights(role, schema) else "old"


def _has_rights(role: str, schema: str) -> bool:
    """A backup brings the rules back, and no rights of the role."""
    read = [f'"{schema}"."{table}"' for table, rule in rules().items() if rule != SHUT]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT bool_and(has_table_privilege(%s, t, 'SELECT')) FROM unnest(%s::text[]) t", [role, read]
        )
        return bool(cursor.fetchone()[0])


def _can_take(role: str) -> bool:
    """Whether this connection may become that role, and the role itself is held back by the rules."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('role', %s, true)", [role])
            cursor.execute(
                "SELECT rolsuper OR rolbypassrls OR rolcanlogin FROM pg_roles WHERE rolname = current_user"
            )
            free = bool(cursor.fetchone()[0])
            cursor.execute("SELECT set_config('role', 'none', true)")
        return not free
    except DatabaseError:
        return False


def build() -> str:
    """Build what is missing or of another version; gives the state afterwards. Fault says what is needed."""
    before = state()
    if before in ("nowhere", "off", "stands"):
        return before
    role, schema = _here()
    _have_role(role)
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in _plan(role, schema):
            cursor.execute(statement)
        cursor.execute(
            "CREATE OR REPLACE FUNCTION qinglian_fence() RETURNS void LANGUAGE sql AS 'SELECT NULL::void'"
        )
        cursor.execute(f"COMMENT ON FUNCTION qinglian_fence() IS '{_mark(role, schema)}'")
    SEEN.clear()
    after = state()
    if after != "stands":
        raise _wanting(role)
    return after


def _have_role(role: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        there = cursor.fetchone() is not None
    try:
        if not there:
            _alone(f"CREATE ROLE {role} NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOINHERIT")
        if not _can_take(role):
            _alone(f"GRANT {role} TO CURRENT_USER")
    except ProgrammingError:  # no right to
        raise _wanting(role) from None
    except DatabaseError:  # another process was quicker
        pass
    if not _can_take(role):
        raise _wanting(role)


def _alone(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def _wanting(role: str) -> Fault:
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_user")
        user = cursor.fetchone()[0]
    return Fault(
        _(
            "the second fence is not up: %(user)s may not make or take the role %(role)s. As an "
            "administrator of PostgreSQL say: CREATE ROLE %(role)s NOLOGIN; GRANT %(role)s TO %(user)s; "
            "then run: qinglian site prepare. Or set QINGLIAN_FENCE=off"
        ),
        user=str(user),
        role=role,
    )
