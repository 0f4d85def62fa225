"""A posting is read in every language; articles, lists and shells are told from it."""

from __future__ import annotations

import pytest

from liverows.base.errors import Permanent
from tests.app.steps.pages import FILLER, page
from tests.app.steps.postings_of_the_world import POSTINGS, in_layout
from worker.positions.extract import extract_structured
from worker.positions.result import finish

CAREERS = "https://careers.tidewell.example/jobs/123"
ANYWHERE = "https://www.tidewell.example/o/17"


async def refusal(html: str, url: str = ANYWHERE) -> str:
    with pytest.raises(Permanent) as caught:
        await extract_structured(page(html, url))
    return caught.value.code


async def test_a_czech_posting_is_read() -> None:
    draft = await extract_structured(
        page(
            '<html lang="cs"><title>Technik údržby - Vodník s.r.o.</title><h1>Technik údržby</h1>'
            "<main><p>Firma Vodník s.r.o. hledá kolegu do provozu v Brně.</p><h2>Náplň práce</h2>"
            "<ul><li>Prohlídky balicích strojů</li><li>Odstraňování poruch na tři směny</li></ul>"
            "<h2>Požadujeme</h2><ul><li>Technické vzdělání</li><li>Vyhláška 50</li></ul>"
            "<h2>Nabízíme</h2><ul><li>Plný úvazek, pět týdnů dovolené</li></ul>"
            "<p>Odpovědět na nabídku</p></main></html>",
            CAREERS,
        )
    )
    assert draft.value("job_title") == "Technik údržby"
    assert "Prohlídky balicích strojů" in str(draft.value("job_description"))


@pytest.mark.parametrize("layout", ["headings", "labels", "sentences"])
@pytest.mark.parametrize("language", POSTINGS)
async def test_a_posting_is_read_in_each_language_and_layout(language: str, layout: str) -> None:
    html = in_layout(POSTINGS[language], layout, language)
    draft = await extract_structured(page(html, ANYWHERE))
    assert draft.value("job_title") == POSTINGS[language].title


@pytest.mark.parametrize("language", ["ka", "eu", "sq", "bn"])
async def test_a_language_without_known_words_is_no_reason_to_refuse(language: str) -> None:
    html = in_layout(POSTINGS[language], "headings", stated="en" if language == "ka" else language)
    draft = await extract_structured(page(html, ANYWHERE))
    assert draft.value("job_description")


async def test_unusual_headings_are_read_if_the_page_is_built_as_a_posting() -> None:
    html = (
        "<h1>Joiner</h1><p>Our shop in Leeds needs one more pair of hands at the bench, and the "
        "kettle is always on. Bring your own mug.</p><h2>Mornings and afternoons</h2><ul><li>Sash "
        "windows to measure</li><li>Fitting them in old houses</li></ul><h2>You and your hands</h2>"
        "<ul><li>Served your time</li><li>Hold a clean licence</li></ul><button>Apply</button>"
    )
    assert (await extract_structured(page(html, ANYWHERE))).value("job_title") == "Joiner"


TOLD = (
    "<p>Our traders sit together and watch the market all day. They write small tools for "
    "themselves, talk to the people who run the machines, and change course when the numbers say "
    "so. Mornings are loud and evenings are for reading.</p><p>Most of us came from other trades, "
    "and it shows in how we argue about a chart and agree on the next step.</p>"
)


@pytest.mark.parametrize("name", ["job-title", "jobTitle", "posting-headline", "position_name"])
async def test_a_posting_in_plain_sentences_is_read_if_its_heading_is_marked(name: str) -> None:
    html = f'<h1 class="{name}">Trader</h1><a href="/a">Apply now</a>{TOLD}'
    draft = await extract_structured(page(html, "https://www.tidewell.example/careers/trader/"))
    assert draft.value("job_title") == "Trader"


async def test_plain_sentences_below_a_heading_without_a_mark_are_no_posting() -> None:
    html = f'<h1>Trading</h1><a href="/a">Contact us</a>{TOLD}'
    assert await refusal(html, "https://www.tidewell.example/trading/") == "not_a_posting"


# Articles, guides and other pages: their words are those of postings, their structure is not.
OTHERS = {
    "article on a certificate": (
        "<title>How to prepare for a certificate in welding</title><article><h1>How to prepare for "
        "a certificate in welding</h1><p>Many ask which skills a welder needs and what the "
        "requirements of the test are. It has taken years to agree on them.</p><p>Whoever passes "
        "may work remote from the shop only on paper, of course, but the benefits are plain: about "
        "$28 per hour at first, a holiday allowance, and full-time work.</p><p>To apply, ask your "
        "college for the form and read the chapters on gas and on electrodes twice.</p></article>"
    ),
    "report on a factory": (
        '<meta property="og:type" content="article"><h1>Pump maker to close its second shift</h1>'
        "<p>The company, which employs 300 people in Leeds, said on Monday that the duties of the "
        "second shift would pass to the first. Union officials fear for the benefits that were "
        "agreed in 2019. Salaries had been rising by two per cent per year.</p><p>We are looking "
        "for a fair solution, said the head of personnel, a man with thirty years of experience in "
        "the trade. Full-time staff will be offered part-time work.</p>"
    ),
    "Bericht über Bewerbungen": (
        "<h1>Warum so viele Bewerbungen scheitern</h1><p>Das Profil passt, die Aufgaben klingen "
        "gut, und doch kommt die Absage. Personalleiter klagen über Anforderungen, die niemand "
        "erfüllt, und über Anschreiben, die niemand liest. In Vollzeit sucht kaum noch jemand, wer "
        "kann, arbeitet hybrid und nimmt den Urlaub am Stück.</p><p>Ein Blick in die Statistik "
        "zeigt, wie sich die Lage in den letzten zehn Jahren verändert hat.</p>"
    ),
    "advice on letters": (
        "<h1>How to write a cover letter</h1><p>You have found a job that you like. Now you need a "
        "letter that says so. Your resume lists your years of experience; the letter tells why you "
        "want to join the team. Keep it to one page, name the employer, and leave out what "
        "everybody writes.</p><p>Before you send your application, read it aloud. If you stumble, "
        "so will the reader. To apply for a second position, start from an empty page.</p>"
    ),
    "Ratgeber": (
        "<h1>Was macht eigentlich ein Zerspanungsmechaniker?</h1><p>Der Beruf verlangt ein gutes "
        "Auge und Geduld. Wer die Ausbildung beginnt, lernt drehen und fräsen, und nach drei "
        "Jahren winkt der Gesellenbrief. Arbeitgeber erwarten Berufserfahrung, doch ohne Anfänger "
        "geht es nicht.</p><p>Über das Gehalt wird gestritten. Die einen sagen dies, die anderen "
        "das, und am Ende entscheidet der Tarif.</p>"
    ),
    "guía": (
        "<h1>¿Qué es una carta de presentación?</h1><p>Es el texto que acompaña al currículum. En "
        "ella el candidato explica por qué le interesa la empresa, cuenta su experiencia en el "
        "oficio y pide una entrevista. No debe ocupar más de una página.</p><p>Conviene leerla en "
        "voz alta antes de enviarla, y pedir a otra persona que la lea también.</p>"
    ),
    "recipe": (
        "<h1>Bread in an iron pot</h1><h2>Ingredients</h2><ul><li>500 g of flour</li><li>350 g of "
        "water</li><li>10 g of salt</li></ul><h2>Method</h2><ul><li>Mix and leave for a day</li>"
        "<li>Fold it four times</li><li>Bake it for an hour under the lid</li></ul><p>It keeps for "
        "a week in a cloth, and tastes best on the second day with nothing but butter on it.</p>"
    ),
    "course": (
        "<h1>Evening course: reading drawings</h1><p>Twelve evenings for those who want to read "
        "technical drawings without fear. You need no experience, only a pencil and some patience "
        "with lines. Bring a friend if you like, the room is large.</p><p>The fee is £120, and "
        "there is a discount for members of the library.</p><a href='/f'>Apply for a loan</a>"
    ),
}


@pytest.mark.parametrize("name", OTHERS)
async def test_a_page_with_the_words_of_postings_is_none(name: str) -> None:
    assert (
        await refusal(OTHERS[name], "https://www.weldingnotes.example/blog/17") == "not_a_posting"
    )


GUIDES = {
    "named so": (
        "<title>How to become a joiner | Trades</title><h1>Joiner</h1><p>Joiners measure, cut and "
        "fit frames of oak and pine, in a workshop and on site, and plan their week with care.</p>"
        "<h2>What you need to start</h2><ul><li>Patience</li><li>A steady hand</li></ul>"
        "<h2>What you will do</h2><ul><li>Measure</li><li>Cut and fit</li></ul>"
        "<p>Typical pay: £560 a week.</p>"
    ),
    "built so": (
        "<title>Joiner</title><h1>Joiner</h1><p>Measure, cut and fit frames of oak and pine, in a "
        "workshop and on site, and plan the week with two colleagues from the trade.</p>"
        "<h2>A day in the life</h2><ul><li>Measure</li><li>Cut and fit</li></ul>"
        "<h2>Skills that matter most</h2><ul><li>Patience</li><li>A steady hand</li></ul>"
        "<p>Salary: £28,000</p><h2>Job outlook</h2><p>Good.</p><h2>Study time</h2><p>3 years</p>"
    ),
    "auf Deutsch": (
        "<title>Wie wird man Tischler?</title><h1>Tischler</h1><p>Tischler messen, schneiden und "
        "setzen Rahmen aus Eiche ein, in der Werkstatt und auf der Baustelle, planen selbst.</p>"
        "<h2>Aufgaben</h2><ul><li>Messen</li><li>Schneiden</li></ul><h2>Anforderungen</h2><ul>"
        "<li>Geduld</li><li>Eine ruhige Hand</li></ul><h2>Gehalt</h2><p>2.900 € im Monat</p>"
    ),
    "en français": (
        "<title>Devenir menuisier : salaire et formation</title><h1>Menuisier</h1><p>Le menuisier "
        "mesure, coupe et pose des cadres de chêne, à l'atelier et sur les chantiers.</p>"
        "<h2>Missions</h2><ul><li>Mesurer</li><li>Couper et poser</li></ul><h2>Compétences</h2><ul>"
        "<li>Patience</li><li>Une main sûre</li></ul><p>Salaire moyen : 2 100 € par mois</p>"
    ),
}


@pytest.mark.parametrize("name", GUIDES)
async def test_a_guide_to_an_occupation_is_no_posting(name: str) -> None:
    assert await refusal(GUIDES[name], "https://trades.example/careers/joiner") == "not_a_posting"


async def test_a_posting_that_speaks_of_the_life_and_outlook_of_a_job_is_read() -> None:
    html = GUIDES["built so"] + '<a href="/a">Apply now</a>'
    draft = await extract_structured(page(html, "https://trades.example/careers/joiner"))
    assert draft.value("job_title") == "Joiner"


@pytest.mark.parametrize(
    ("title", "line", "labels"),
    [
        ("Becoming a Joiner at Crust & Co", "We are looking for somebody for our shop.", ""),
        ("How to become our next joiner", "Send your CV to jobs@trades.example.", ""),
        (
            "Ausbildung zum Tischler (m/w/d)",
            "Wir suchen ab August Auszubildende.",
            "<h2>Ausbildungsdauer</h2><p>3 Jahre</p><h2>Verdienstmöglichkeiten</h2><p>1.020 €</p>",
        ),
        ("Devenir menuisier chez Lavaur", "Nous recherchons des menuisiers à Rennes.", ""),
        (
            "Joiner",
            "To apply, write to us.",
            "<h2>Career path and progression</h2><p>Lead</p><h2>Similar careers</h2><p>Cook</p>",
        ),
    ],
)
async def test_a_posting_named_or_built_as_a_guide_is_read_if_it_seeks_somebody(
    title: str, line: str, labels: str
) -> None:
    duties = (
        "<h2>Your tasks</h2><ul><li>Make doors</li><li>Fit stairs</li><li>Sand floors</li></ul>"
    )
    wishes = "<h2>Your profile</h2><ul><li>Two years at the bench</li><li>Licence</li></ul>"
    body = f"<h1>{title}</h1><p>{line} {FILLER}</p>{duties}{wishes}{labels}"
    html = f"<html><head><title>{title}</title></head><body><main>{body}</main></body></html>"
    draft = await extract_structured(page(html, CAREERS))
    assert draft.value("job_title") == title


def listed(titles: list[str], after: str, path: str = "/job") -> str:
    items = (
        f'<li><a href="{path}/{number}">{title}</a> {after}</li>'
        for number, title in enumerate(titles)
    )
    return f"<ul>{''.join(items)}</ul>"


JOINERS = [
    "Bench Joiner",
    "Site Joiner",
    "Joiner, Nights",
    "Apprentice Joiner",
    "Lead Joiner",
    "Old Joiner",
]
LISTS = {
    "board": (
        "<title>Joiner Jobs in Lancaster | JobHarbour</title><h1>Joiner Jobs in Lancaster</h1>"
        "<main><p>43 Jobs</p>"
        + listed(
            JOINERS,
            "Tidewell - Lancaster - Full-time. Requirements: two years of experience. Apply now.",
        )
        + "</main>"
    ),
    "employer's page": (
        "<title>Careers at Tidewell</title><h1>Join our team</h1><p>We are hiring. What we offer: "
        "30 days of holiday, a canteen and full-time work.</p>"
        + listed(
            [f"{each} (m/f/d)" for each in JOINERS], "Lancaster, permanent", "/careers/lancaster"
        )
    ),
    "Stellenmarkt": (
        "<title>Schreiner Jobs</title><h1>128 Stellenangebote für Schreiner in Köln</h1>"
        + listed(
            [f"Schreiner {place} (m/w/d)" for place in ("Nord", "Süd", "West", "Ost", "Mitte")],
            "Ihr Profil: zwei Jahre Berufserfahrung. Wir bieten Vollzeit. Jetzt bewerben",
        )
    ),
    "výsledky hledání": (
        "<title>Nabídka práce Kuchař | Práce</title><p>Našli jsme <b>689</b> nabídek</p>"
        + listed(
            [f"Kuchař do směny {number}" for number in range(9)],
            "Požadujeme praxi. Plný úvazek. Odpovědět",
            "/rpd",
        )
    ),
    "three openings": (
        "<title>Careers - Tidewell</title><h1>Careers</h1><p>Join our team.</p>"
        + listed(
            JOINERS[:3],
            "Lancaster. Full-time. You will fit oak frames and have years of experience. We offer "
            "30 days of holiday and a warm canteen to all of our people.",
            "/careers/joinery",
        )
    ),
    "titles without links": (
        "<title>Tidewell</title><h1>Karriere</h1><p>6 Stellen</p>"
        + "".join(
            f"<h3>{each} (m/w/d)</h3><p>Deine Aufgaben: Holz. Wir bieten Vollzeit.</p>"
            "<button>Jetzt bewerben</button>"
            for each in ("Tischler", "Maurer", "Maler", "Dachdecker", "Elektriker", "Schlosser")
        )
    ),
    "cards that are links": (
        "<h1>Open positions</h1>"
        + "".join(
            f'<a href="/positions/{number}-x"><h3>{title}</h3><p>Full-time in Leeds. You will cut '
            "oak and have two years of experience.</p></a>"
            for number, title in enumerate(JOINERS)
        )
    ),
}


@pytest.mark.parametrize("name", LISTS)
async def test_a_list_of_postings_is_said_to_be_one(name: str) -> None:
    with pytest.raises(Permanent, match="lists several postings") as caught:
        await extract_structured(
            page(LISTS[name], "https://www.jobharbour.example/Job/joiner-jobs")
        )
    assert caught.value.code == "not_a_posting"


@pytest.mark.parametrize("count", [3, 8])
async def test_a_posting_with_links_to_other_postings_is_read(count: int) -> None:
    others = listed([f"{title} in Leeds" for title in (JOINERS * 2)[:count]], "Leeds, full-time")
    html = f"<h1>Pump Tester</h1>{FILLER * 3}<h3>From our other workshops</h3>{others}"
    draft = await extract_structured(page(html, ANYWHERE))
    assert draft.value("job_title") == "Pump Tester"


async def test_a_posting_that_counts_applicants_is_no_list() -> None:
    html = f"<h1>Pump Tester</h1><p>Over 200 applicants. Acme has 12 offices.</p>{FILLER}"
    assert (await extract_structured(page(html, ANYWHERE))).value("job_title") == "Pump Tester"


FOOT = "".join(
    f'<a href="/x{number}">{word}</a> '
    for number, word in enumerate(
        ("Newsletter", "Zertifikate", "Presse", "Kontakt", "Impressum", "Datenschutz", "Cookies",
        "Nutzungsbedingungen", "Unternehmen", "Produkte", "Preise", "Partner", "Karten", "Lösungen",
        "Neuigkeiten", "Veranstaltungen", "Vorlagen", "Handbücher", "Werkzeuge", "Gemeinschaft")
    )
)  # fmt: skip
RIGHTS = "© 2012 - 2026 JobHarbour SE, Alle Rechte vorbehalten. Eingetragen beim Amtsgericht."
LEGAL = (
    "JobHarbour is a trading name of Harbour Boards Ltd, registered in England under 0123456, "
    "whose registered office is at 1 Quay Street. We act as a publisher and not as an agency. "
    "All trade marks belong to their owners. Prices are shown without tax."
)
SHELLS = {
    "links in the foot": f'<div id="__app"></div><div class="site-bottom">{FOOT}{RIGHTS}</div>',
    "a paragraph in the foot": f'<div id="root"></div><div class="legal"><p>{LEGAL}</p></div>',
    "a sign of loading": f'<main><div class="spinner"><i></i></div></main><div>{LEGAL}</div>',
    "a custom element": f"<app-root></app-root><div>{FOOT}{LEGAL}</div>",
    "an empty node of data": (
        '<meta property="og:title" content="Bench Joiner"><script type="application/ld+json">'
        '{"@context":"https://schema.org","@type":"JobPosting"}</script><div id="root"></div>'
    ),
    "a node of empty values": (
        '<script type="application/ld+json">{"@type":"JobPosting","title":"","description":null,'
        '"hiringOrganization":{"@type":"Organization","name":""}}</script><div id="root"></div>'
    ),
}


@pytest.mark.parametrize("name", SHELLS)
async def test_a_page_that_shows_nothing_without_a_browser_is_blocked(name: str) -> None:
    html = f'<title>Bench Joiner | JobHarbour</title>{SHELLS[name]}<script src="/app.js"></script>'
    assert await refusal(html, "https://www.jobharbour.example/p/81775") == "blocked"


async def test_a_posting_beside_an_empty_element_is_read() -> None:
    html = f'<div id="app"></div><script src="/a.js"></script><h1>Pump Tester</h1>{FILLER}'
    assert (await extract_structured(page(html, ANYWHERE))).value("job_title") == "Pump Tester"


async def test_a_posting_without_a_description_is_warned_of() -> None:
    script = '<script type="application/ld+json">{"@type":"JobPosting","title":"Tester"}</script>'
    draft = await extract_structured(page(script, ANYWHERE))
    assert "job_description_unknown" in finish(draft).extraction.warnings


async def test_an_article_in_a_pages_state_is_no_posting() -> None:
    text = "The band will play in 50 towns, and each of them knows the songs by heart. " * 8
    state = f'{{"article": {{"title": "A tour of 50 towns", "body": "{text}"}}}}'
    html = (
        f"<title>A tour of 50 towns</title><h1>A tour of 50 towns</h1><p>{text}</p>"
        f'<script type="application/json">{state}</script>'
    )
    assert await refusal(html) == "not_a_posting"
