"""A posting as structured data in three syntaxes, and the mistakes that pages make in it."""

from __future__ import annotations

import json
from collections.abc import Callable
from html import escape
from typing import Any, TypeAlias

from bench.positions.posting import Place, Posting, Salary
from bench.positions.prose import as_html
from bench.positions.truth import Truth, columns

Node: TypeAlias = "dict[str, Any]"

_UNITS = {"hour": "HOUR", "day": "DAY", "week": "WEEK", "month": "MONTH", "year": "YEAR"}


def node(posting: Posting) -> Node:
    """The posting as correct structured data."""
    found: Node = {
        "@context": "https://schema.org/",
        "@type": "JobPosting",
        "title": posting.title,
        "description": as_html(posting),
        "identifier": {"@type": "PropertyValue", "name": posting.company, "value": posting.id},
        "hiringOrganization": {
            "@type": "Organization",
            "name": posting.company,
            "sameAs": posting.website,
        },
    }
    if posting.posted:
        found["datePosted"] = posting.posted.isoformat()
    if posting.closes:
        found["validThrough"] = f"{posting.closes.isoformat()}T23:59:59Z"
    if posting.employment:
        found["employmentType"] = posting.employment.upper()
    if posting.workplace == "remote":
        found["jobLocationType"] = "TELECOMMUTE"
    if posting.place:
        found["jobLocation"] = {"@type": "Place", "address": _address(posting.place)}
    if posting.salary:
        found["baseSalary"] = _amount(posting.salary)
    return found


def _address(place: Place) -> Node:
    address = {
        "@type": "PostalAddress",
        "addressLocality": place.locality,
        "addressRegion": place.region,
        "addressCountry": place.country,
    }
    return {key: value for key, value in address.items() if value}


def _amount(salary: Salary) -> Node:
    value = {
        "@type": "QuantitativeValue",
        "minValue": salary.minimum,
        "maxValue": salary.maximum,
        "unitText": _UNITS[salary.interval or "year"],
    }
    stated = {key: each for key, each in value.items() if each is not None}
    return {"@type": "MonetaryAmount", "currency": salary.currency, "value": stated}


def truth(posting: Posting) -> Truth:
    """The values that the structured data states. Its vocabulary has a word for remote work, but
    for no other kind of workplace."""
    stated = columns(posting)
    stated["workplace_type"] = "remote" if posting.workplace == "remote" else None
    return stated


def json_ld(posting: Posting) -> str:
    """A page with the posting as JSON-LD, in one script."""
    return page(posting, script(node(posting)))


def page(posting: Posting, head: str, body: str | None = None) -> str:
    """An HTML page around the posting that adds no other facts."""
    main = as_html(posting, "h2") if body is None else body
    return (
        f"<!doctype html><html><head><title>{escape(posting.title)}</title>{head}</head>"
        f"<body><main><h1>{escape(posting.title)}</h1>{main}</main></body></html>"
    )


def script(value: Any) -> str:
    """A script element with structured data."""
    return f'<script type="application/ld+json">{_json(value)}</script>'


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1).replace("</", "<\\/")


def microdata(posting: Posting) -> str:
    """A page with the posting as microdata: attributes on the page's own elements."""
    return page(posting, "", _marked(node(posting), _microdata_element))


def rdfa(posting: Posting) -> str:
    """A page with the posting as RDFa; like microdata, but with other attributes."""
    inner = _marked(node(posting), _rdfa_element)
    return page(posting, "", inner.replace("<div ", '<div vocab="https://schema.org/" ', 1))


Element: TypeAlias = "Callable[[str | None, str | None, str], str]"


def _microdata_element(name: str | None, kind: str | None, inner: str) -> str:
    scope = f' itemscope itemtype="https://schema.org/{kind}"' if kind else ""
    prop = f' itemprop="{name}"' if name else ""
    return f"<div{prop}{scope}>{inner}</div>"


def _rdfa_element(name: str | None, kind: str | None, inner: str) -> str:
    prop = f' property="{name}"' if name else ""
    scope = f' typeof="{kind}"' if kind else ""
    return f"<div{prop}{scope}>{inner}</div>"


def _marked(value: Node, element: Element, name: str | None = None) -> str:
    inner = []
    for key, each in value.items():
        if key.startswith("@") or each is None:
            continue
        if isinstance(each, dict):
            inner.append(_marked(each, element, key))
        elif key == "description":
            inner.append(element(key, None, each))
        else:
            attribute = "itemprop" if element is _microdata_element else "property"
            inner.append(f'<meta {attribute}="{key}" content="{escape(str(each))}">')
    return element(name, str(value["@type"]), "".join(inner))


def _graph(posting: Posting) -> str:
    other = {"@type": "WebSite", "name": "A site"}
    whole = node(posting)
    return script({"@context": whole.pop("@context"), "@graph": [other, whole]})


def _array(posting: Posting) -> str:
    return script([{"@type": "BreadcrumbList", "name": "x"}, node(posting)])


def _type_list(posting: Posting) -> str:
    return script(node(posting) | {"@type": ["JobPosting", "Thing"]})


def _http_context(posting: Posting) -> str:
    return script(node(posting) | {"@context": "http://schema.org"})


def _trailing_comma(posting: Posting) -> str:
    return script(node(posting)).replace("\n}</script>", ",\n}</script>")


def _comments(posting: Posting) -> str:
    inner = _json(node(posting))
    return f'<script type="application/ld+json">\n//<![CDATA[\n{inner}\n//]]>\n</script>'


def _control_characters(posting: Posting) -> str:
    return script(node(posting)).replace("<p>", "<p>\t", 1).replace("\\n", "\n")


def _escaped_description(posting: Posting) -> str:
    return script(node(posting) | {"description": escape(as_html(posting))})


def _organization_as_text(posting: Posting) -> str:
    return script(node(posting) | {"hiringOrganization": posting.company})


def _employment_as_text(posting: Posting) -> str:
    words = (posting.employment or "").replace("_", "-").capitalize()
    return script(node(posting) | {"employmentType": [words] if words else None})


def _salary_beside_currency(posting: Posting) -> str:
    salary, whole = posting.salary, node(posting)
    if salary is None:
        return script(whole)
    value = {"minValue": salary.minimum, "maxValue": salary.maximum, "unitText": salary.interval}
    whole["baseSalary"] = {k: v for k, v in value.items() if v is not None}
    return script(whole | {"salaryCurrency": salary.currency})


def _second_script_is_broken(posting: Posting) -> str:
    return '<script type="application/ld+json">{"@type": "Organization", </script>' + script(
        node(posting)
    )


MUTATIONS: dict[str, Callable[[Posting], str]] = {
    "graph": _graph,
    "array": _array,
    "type-list": _type_list,
    "http-context": _http_context,
    "trailing-comma": _trailing_comma,
    "cdata": _comments,
    "control-characters": _control_characters,
    "escaped-description": _escaped_description,
    "organization-as-text": _organization_as_text,
    "employment-as-text": _employment_as_text,
    "salary-beside-currency": _salary_beside_currency,
    "broken-neighbour": _second_script_is_broken,
}
"""Functions that make a `head` for `page`, each with a mistake that is common on real pages."""
