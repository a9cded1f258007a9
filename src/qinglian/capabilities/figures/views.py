"""Figures and published tables, for everybody: nothing here depends on who asks."""

from __future__ import annotations

import json
from collections.abc import Iterable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from qinglian.batch.figures.files import json_text, parquet_bytes
from qinglian.capabilities.access.gate import reads
from qinglian.capabilities.figures import drawing, published, queries
from qinglian.capabilities.figures.dictionary import described
from qinglian.zone.current import current

KINDS = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "parquet": "application/vnd.apache.parquet",
}


@reads("figures.public")
def listed(request: HttpRequest) -> HttpResponse:
    return render(
        request, "figures/list.html", {"groups": queries.groups(), "edition": queries.latest_edition()}
    )


@reads("figures.public")
def figure(request: HttpRequest, figure_id: str) -> HttpResponse:
    page = queries.figure_page(figure_id)
    if page is None:
        raise Http404
    past = queries.history(figure_id)
    cuts = [(cut, drawing.of_cut(page.figure, cut)) for cut in page.cuts if cut.cells]
    shown = {"page": page, "figure": page.figure, "cuts": cuts, "past": past[:60], "least": queries.least()}
    shown["corrections"] = queries.corrections(figure_id)
    shown["daily"] = drawing.of_past(page.figure, past) if not page.figure.is_open else None
    return render(request, "figures/figure.html", shown)


@reads("figures.public")
def figure_file(request: HttpRequest, figure_id: str, form: str) -> HttpResponse:
    page = queries.figure_page(figure_id)
    if page is None or not page.document or form not in ("csv", "json"):
        raise Http404
    if form == "json":
        text = json.dumps(page.document, ensure_ascii=False, indent=1) + "\n"
    else:
        lines = [",".join(str(part) for part in cell) for cell in page.document["cells"]]
        text = "\n".join(["cut,item,n,value,upper", *lines]) + "\n"
    return _file([text], f"{figure_id}.{form}", form)


@reads("figures.public")
def data(request: HttpRequest) -> HttpResponse:
    said = current().publishing
    shown = {"tables": queries.table_list(), "edition": queries.latest_edition(), "publishing": said}
    return render(request, "figures/data.html", shown)


@reads("figures.public")
def dictionary(request: HttpRequest) -> HttpResponse:
    if request.GET.get("form") == "json":
        return _file(
            [json.dumps(described(), ensure_ascii=False, indent=1) + "\n"], "dictionary.json", "json"
        )
    tables = queries.dictionary_tables()
    return render(request, "figures/dictionary.html", {"tables": tables, "least": queries.least()})


@reads("figures.public")
def table_file(request: HttpRequest, table_id: str, form: str) -> HttpResponse:
    content, table = queries.table_text(table_id), queries.table_of(table_id)
    if content is None or table is None or form not in KINDS:
        raise Http404
    columns = published.columns_of(table)
    if form == "csv":
        return _file([content.text], f"{table_id}.csv", form)
    if form == "json":
        return _file(json_text(columns, published.read(table, content.text)), f"{table_id}.json", form)
    made = parquet_bytes(columns, content.text)
    if made is None:
        raise Http404
    return _file([made], f"{table_id}.parquet", form)


@reads("figures.public")
def batch_file(request: HttpRequest, sha: str) -> HttpResponse:
    text = published.batch_text(sha)
    if text is None:
        raise Http404
    return _file([text], f"{sha[:16]}.csv", "csv")


def _file(parts: Iterable[str | bytes], name: str, form: str) -> HttpResponse:
    response = HttpResponse(parts, content_type=KINDS[form])
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
