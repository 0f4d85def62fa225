"""A short notice that seeks somebody for one role is a posting, in every language."""

from __future__ import annotations

import pytest

from liverows.base.errors import Permanent
from tests.app.steps.pages import page
from worker.positions.extract import extract_structured
from worker.positions.notices import role_sought

SITE = "https://www.tidewell.example/"
NOTICES = {
    "Cook": (
        "We are hiring a cook",
        "Joe's is looking for a cook for the evening shift, Tuesday to Saturday. $18 an hour, "
        "meals "
        "included. Come by with your resume and ask for Joe. No experience is needed if you are "
        "quick and like people who eat.",
    ),
    "Verkäuferin (m/w/d)": (
        "Wir suchen eine Verkäuferin (m/w/d)",
        "Für unsere Filiale am Markt suchen wir ab sofort eine freundliche Verkäuferin in "
        "Teilzeit, "
        "20 Stunden in der Woche. Melden Sie sich bei Frau Krüger oder schicken Sie den Lebenslauf "
        "an post@muehle.example, gern auch mit Foto.",
    ),
    "Mécanicien H/F": (
        "Nous recrutons un mécanicien H/F",
        "Le garage cherche un mécanicien automobile à temps plein pour son atelier de Vannes. Vous "
        "aimez le travail bien fait et les voitures anciennes. Envoyez votre CV à "
        "contact@garage.example ou passez nous voir un matin.",
    ),
    "Peluquera": (
        "Se busca peluquera",
        "La peluquería necesita una peluquera con dos años de oficio para el centro de Valencia. "
        "Jornada completa y buen ambiente. Interesadas pueden enviar el currículum a "
        "rosa@peluqueria.example o llamar por la mañana.",
    ),
    "Cozinheiro": (
        "Procura-se cozinheiro",
        "O restaurante da praia procura cozinheiro para a época alta, de junho a setembro, com "
        "alojamento. Contrato e folgas ao domingo. Enviar currículo para praia@cozinha.example ou "
        "passar depois das onze para falar com a Dona Rosa.",
    ),
    "Cameriere": (
        "Cercasi cameriere",
        "La trattoria cerca un cameriere per la stagione estiva, da giugno a settembre, sei giorni "
        "su sette. Si offre vitto e alloggio. Inviare il curriculum a nino@ristorante.example "
        "oppure telefonare al mattino prima delle undici.",
    ),
    "Bloemist": (
        "Gezocht: bloemist",
        "Wij zoeken een bloemist voor drie dagen in de week in onze winkel in Zwolle. Ervaring is "
        "fijn maar niet nodig. Stuur je cv naar jansen@bloem.example of loop even binnen en vraag "
        "naar Piet, hij is er altijd.",
    ),
    "Bagare": (
        "Bagare sökes",
        "Till vårt lilla bageri i Ystad söker vi en bagare som gillar tidiga morgnar. Heltid från "
        "augusti. Mejla din ansökan till anna@bageri.example eller kom förbi med den, så bjuder vi "
        "på kaffe och en bulle.",
    ),
    "Sprzedawcę": (
        "Zatrudnimy sprzedawcę",
        "Sklep ogrodniczy w Kielcach zatrudni sprzedawcę na pełny etat. Praca od poniedziałku do "
        "soboty, umowa o pracę po miesiącu próbnym. CV proszę wysłać na adres "
        "sklep@zielony.example "
        "albo zostawić w sklepie przy kasie.",
    ),
    "Pekaře": (
        "Hledáme pekaře",
        "Do naší malé pekárny v Telči hledáme pekaře na ranní směny. Nabízíme plný úvazek a plat "
        "32 000 Kč měsíčně. Zavolejte nebo napište paní Novákové na info@pekarna.example a přijďte "
        "se podívat, chleba dostanete.",
    ),
    "Продавец": (
        "Требуется продавец",
        "В магазин семян требуется продавец на полный рабочий день. Зарплата 60 000 рублей в "
        "месяц, "
        "оформление по договору. Звоните Ольге с девяти до шести или приходите в магазин на углу, "
        "опыт не обязателен.",
    ),
    "Szakács": (
        "Szakács felvétel",
        "Balatoni vendéglőnk szakácsot keres a nyári szezonra, szállással. Teljes munkaidő, heti "
        "két szabadnap. Az önéletrajzot a konyha@vendeglo.example címre várjuk, vagy gyere be "
        "délelőtt és kérd Jánost.",
    ),
    "Garson": (
        "Garson aranıyor",
        "Kadıköy'deki kafemize hafta sonları çalışacak garson aranıyor. Deneyim şart değil, güler "
        "yüz yeter. Başvuru için özgeçmişinizi deniz@kafe.example adresine gönderin veya öğleden "
        "sonra uğrayın, çay bizden.",
    ),
    "Σερβιτόρος": (
        "Ζητείται σερβιτόρος",
        "Η ταβέρνα μας στη Νάξο ζητά σερβιτόρο για το καλοκαίρι, έξι μέρες την εβδομάδα, με "
        "διαμονή "
        "και φαγητό. Στείλτε το βιογραφικό σας στο taverna@naxos.example ή περάστε από το μαγαζί "
        "μετά τις έξι.",
    ),
    "美容師": (
        "美容師募集",
        "サロン花では一緒に働く美容師を募集しています。勤務は週四日から、経験の浅い方も歓迎します。時給1,200円から。"
        "ご希望の方はお電話でご連絡のうえ履歴書をお持ちください。担当は山田です。店は駅から歩いて五分、"
        "川沿いの静かな通りにあります。お茶を用意してお待ちしています。お気軽にどうぞ。",
    ),
}  # fmt: skip


@pytest.mark.parametrize("role", NOTICES)
async def test_a_short_notice_is_read_and_its_role_is_the_title(role: str) -> None:
    heading, text = NOTICES[role]
    html = f"<html><head><title>Tidewell</title></head><h1>{heading}</h1><p>{text}</p></html>"
    draft = await extract_structured(page(html, SITE))
    assert draft.value("job_title") == role
    assert text[-20:] in str(draft.value("job_description"))


async def test_an_opening_in_one_sentence_is_read() -> None:
    html = (
        "<title>Studio Hand - Tidewell</title><h1>Studio Hand</h1><p>Tidewell is a small "
        "pottery in "
        "Leeds. We have one part-time opening for a studio hand to load kilns and mix glazes.</p>"
    )
    draft = await extract_structured(page(html, SITE))
    assert draft.value("job_title") == "Studio Hand"


OTHERS = {
    "a drummer": (
        "We're looking for a drummer",
        "The Tides are a band of friends who meet on Sundays. If you play and own a kit, write to "
        "us. There is no money in it, only noise and tea. We play four shows in pubs around Hull "
        "and never rehearse, so come as you are and bring sticks.",
    ),
    "donations": (
        "Wir suchen Spenden",
        "Für die neue Orgel suchen wir noch Spenden. Wer helfen will, meldet sich bei Frau Krüger "
        "oder schreibt eine E-Mail. Wir danken allen, die schon gegeben haben, und freuen uns auf "
        "das Konzert im Mai mit dem Chor aus dem Nachbarort.",
    ),
    "a flat": (
        "Wir suchen eine Wohnung",
        "Junge Familie mit zwei Kindern sucht ab sofort eine Wohnung mit vier Zimmern und "
        "Balkon in "
        "Köln. Wir bieten ein sicheres Einkommen und freuen uns über jede Nachricht oder einen "
        "Anruf am Abend. Haustiere haben wir keine, nur einen Ball.",
    ),
    "a room": (
        "Zimmer gesucht",
        "Student sucht ab Oktober ein Zimmer in einer ruhigen WG nahe der Uni. Bis 500 € im Monat, "
        "gern auch für kurze Zeit. Ich koche gern, rauche nicht und habe einen Arbeitsvertrag als "
        "Aushilfe in der Bibliothek. Meldet euch einfach am Abend.",
    ),
    "anybody": (
        "We are hiring",
        "Do you want to build pumps? We are always looking for talented people to join our growing "
        "team. Send your resume to jobs@acme.example and tell us what you would like to do with "
        "us. "
        "We offer thirty days of holiday and a canteen.",
    ),
    "players": (
        "We are recruiting players for the under 12s",
        "Training is on Wednesday at six at the park. If your child would like to play, call the "
        "coach and come by with boots. No experience is needed. The season begins in September and "
        "costs thirty pounds for the whole of the year.",
    ),
    "an employer": (
        "About Acme",
        "Acme makes pumps for farms. We are hiring! Our people come from twelve countries and stay "
        "for years, because we care for them. Visit our careers page to see the roles that are "
        "open "
        "and to read about life in Leeds and at the bench.",
    ),
}


@pytest.mark.parametrize("name", OTHERS)
async def test_a_page_that_seeks_something_else_is_no_posting(name: str) -> None:
    heading, text = OTHERS[name]
    with pytest.raises(Permanent) as caught:
        await extract_structured(page(f"<h1>{heading}</h1><p>{text}</p>", SITE))
    assert caught.value.code == "not_a_posting"


@pytest.mark.parametrize(
    ("heading", "role"),
    [
        ("Now hiring: Line Cook", "Line Cook"),
        ("Tidewell is looking for an experienced joiner", "Experienced joiner"),
        ("Koch gesucht", "Koch"),
        ("Koch (m/w/d) dringend gesucht", "Koch (m/w/d)"),
        ("Kellner ab sofort gesucht", "Kellner"),
        ("Welder urgently needed", "Welder"),
        ("Повар срочно требуется", "Повар"),
        ("Acil garson aranıyor", "Garson"),
        ("Hiring: Night Nurse", "Night Nurse"),
        ("Hiring a cook", "Cook"),
        ("Recherche un boulanger", "Boulanger"),
        ("Hiring Manager", None),
        ("Recherche et développement", None),
        ("No experience needed", None),
        ("More research is needed", None),
        ("Zimmer gesucht", None),
        ("Blood donors needed", None),
        ("My brother is looking for a flat", None),
        ("Cerchiamo un idraulico per il nostro team", "Idraulico"),
        ("Vi söker en snickare till vårt lag", "Snickare"),
        ("Caută", None),
        ("We are looking for talented people", None),
        ("We are hiring!", None),
        ("Wanted by the people of Leeds since 1920 for more than a hundred good old stories", None),
        ("Bench Joiner", None),
    ],
)
def test_the_role_is_read_from_the_heading(heading: str, role: str | None) -> None:
    assert role_sought(heading) == role
