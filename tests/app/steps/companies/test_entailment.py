"""A sentence of a model counts only if its subject, its verb, its numbers and names are the
quote's."""

from __future__ import annotations

import pytest

from tests.app.steps.companies.site_pages import site
from tests.app.steps.companies.test_weigh import source
from tests.support.company_world import NOTHING, cited
from worker.companies.brief import Found, profile_of
from worker.companies.entailment import entails
from worker.companies.model_answer import Analysis, Cited, CompanyReport
from worker.companies.weigh import supported

TEXT = (
    "Tidewater is hiring a small founding team in Porto. Over 40 million tickets were sold. Its "
    "network of piers ensures high availability and low latency for all ports. Harbour Union "
    "bought Pierline in spring. The port authority funds our research. We plan to open an office "
    "in Lagos. Our customers use Kafka every day. In 2019 we sold the ferry business to Gull. "
    "Until May we were the only supplier of tide clocks. Some engineers work at night. "
    "We make buoys and lamps. If the port agrees, we build a second pier. "
    "Wir bauen Bojen für kleine Häfen. Nous louons des bateaux aux écoles."
)
SOURCES = {"s1": source(TEXT)}


def is_taken(text: str, quote: str, basis: str = "stated") -> bool:
    item = Cited.model_validate(cited(text, "s1", quote, basis))
    named = supported(item, SOURCES, ["Tidewater"]) is not None
    unnamed = supported(item, SOURCES, "") is not None
    assert named == unnamed or "Tidewater" in text
    return named


HIRING = "hiring a small founding team in Porto"
NETWORK = "network of piers ensures high availability and low latency for all ports"


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("They are hiring a small founding team in Porto.", HIRING),
        ("Over 40 million tickets were sold.", "Over 40 million tickets were sold"),
        ("Tidewater is hiring in Porto.", HIRING),
        ("The network of piers ensures high availability.", NETWORK),
        ("They plan to open an office in Lagos.", "We plan to open an office in Lagos"),
        ("In 2019 the company sold the ferry business to Gull.",
         "In 2019 we sold the ferry business to Gull"),
        ("The company produces buoys.", "We make buoys and lamps"),
        ("Lamps and buoys", "We make buoys and lamps"),
        ("Sie bauen Bojen für kleine Häfen.", "Wir bauen Bojen für kleine Häfen"),
        ("Des bateaux aux écoles", "Nous louons des bateaux aux écoles"),
        ("The port authority funds their research.", "The port authority funds our research"),
    ],
)  # fmt: skip
def test_what_the_quote_says_is_taken(text: str, quote: str) -> None:
    assert is_taken(text, quote)


@pytest.mark.parametrize(
    ("why", "text", "quote", "basis"),
    [
        ("the opposite", "We fire a small founding team in Porto.", HIRING, "stated"),
        ("words exchanged", "The network of piers has low availability and high latency for all "
         "ports.", NETWORK, "stated"),
        ("roles exchanged", "Pierline bought Harbour Union in spring.",
         "Harbour Union bought Pierline in spring", "stated"),
        ("a clause added", "They are hiring a small founding team in Porto after layoffs.",
         HIRING, "stated"),
        ("a name at the start", "Stormdesk ensures high availability and low latency for all "
         "ports.", "ensures high availability and low latency for all ports", "stated"),
        ("events added", "The founding team lost all ports and every ticket.", HIRING, "inferred"),
        ("no longer a plan", "They open an office in Lagos.", "We plan to open an office in Lagos",
         "stated"),
        ("the plan cut off", "They open an office in Lagos.", "open an office in Lagos", "stated"),
        ("somebody else's", "They use Kafka every day.", "use Kafka every day", "stated"),
        ("given for taken", "They fund the port authority.", "The port authority funds our "
         "research", "stated"),
        ("seller for buyer", "Gull sold the ferry business to them.",
         "we sold the ferry business to Gull", "stated"),
        ("past for present", "They are the only supplier of tide clocks.",
         "we were the only supplier of tide clocks", "stated"),
        ("more than some", "All engineers work at night.", "Some engineers work at night",
         "stated"),
        ("another number", "Over 90 million tickets were sold.",
         "Over 40 million tickets were sold", "stated"),
        ("another measure", "Under 40 million tickets were sold.",
         "Over 40 million tickets were sold", "stated"),
        ("denied", "They do not make buoys.", "We make buoys and lamps", "stated"),
        ("the condition left out", "They build a second pier.", "we build a second pier", "stated"),
        ("denied in German", "Sie bauen keine Bojen.", "Wir bauen Bojen für kleine Häfen",
         "stated"),
        ("an addition in French", "Ils louent des bateaux volés aux écoles.",
         "Nous louons des bateaux aux écoles", "stated"),
        ("praise", "They are the leading maker of buoys.", "We make buoys and lamps", "inferred"),
        ("a reason", "They sold the ferry business because it failed.",
         "we sold the ferry business to Gull", "inferred"),
    ],
)  # fmt: skip
def test_what_the_quote_does_not_say_is_dropped(
    why: str, text: str, quote: str, basis: str
) -> None:
    assert not is_taken(text, quote, basis), why


@pytest.mark.parametrize("name", ["7Quays", "QuayDesk", "QUAY.IO", "Kai Neun", "x-quay"])
def test_a_company_is_known_by_its_title_without_structured_data(name: str) -> None:
    text = "We run a network of piers for small ports."
    website = site(home=f"<title>{name}</title><h1>{name}</h1><p>{text}</p>")
    quote = "We run a network of piers for small ports"
    claims = [
        cited(f"{name} runs a network of piers for small ports.", "s1", quote),
        cited(f"A network of piers for small ports is run by {name}.", "s1", quote),
    ]
    report = CompanyReport.model_validate(NOTHING | {"key_talking_points": claims[:1]})
    facts = profile_of(Found(website=website, analysis=Analysis(report=report))).facts
    assert [claim.text for claim in facts.key_talking_points] == [claims[0]["text"]]
    other = cited("Stormdesk runs a network of piers for small ports.", "s1", quote)
    report = CompanyReport.model_validate(NOTHING | {"key_talking_points": [other]})
    facts = profile_of(Found(website=website, analysis=Analysis(report=report))).facts
    assert facts.key_talking_points == ()


def test_a_quotation_mark_before_the_quote_names_nobody() -> None:
    around = "\u201cHarbour Glass saved our shop.\u201d"
    assert entails("Harbour Glass saved our shop", "Harbour Glass saved our shop.", around=around)
