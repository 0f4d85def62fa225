"""A Nordic condition is no question, although its verb stands before its subject."""

from __future__ import annotations

import pytest

from tests.app.steps.interviews.asking import asks, pairs

ASKED = {
    "no": [
        "hvis du får jobben hva er det første du gjør",
        "trives du best alene eller i et team",
        "har du noen gang vært uenig med en leder",
        "hvordan reagerer du hvis en kunde blir sint",
        "når kan du tenke deg å begynne",
        "hvem ville du spurt om hjelp",
        "dersom du fikk velge helt fritt hvilken avdeling ville du jobbet i",
        "hvis vi ringer den forrige sjefen din hva tror du han sier",
        "kan du si litt om hva du gjorde på lageret",
        "er du vant til å jobbe i skift",
        "hva gjør du hvis du ikke rekker fristen",
        "hvilke språk behersker du",
        "dersom du oppdager en feil hva gjør du først",
        "vil du helst jobbe hjemmefra",
    ],
    "da": [
        "hvis du får jobbet hvad vil du så gøre den første uge",
        "har du prøvet at arbejde på skiftehold",
        "hvordan håndterer du en sur kunde",
        "hvornår kan du begynde",
        "hvad gør du når du er i tvivl",
        "er du god til at arbejde under pres",
        "hvis vi spørger din tidligere chef hvad vil han sige",
        "hvad lavede du før du kom til byen",
        "kan du fortælle lidt om din uddannelse",
        "hvilken opgave er du mest stolt af",
        "vil du helst arbejde alene",
        "hvis en kollega begår en fejl hvordan siger du det til ham",
    ],
    "sv": [
        "om du får jobbet vad gör du första veckan",
        "hur gör du när kunden är arg",
        "har du körkort",
        "kan du jobba helger",
        "vad skulle din förra chef säga om dig",
        "om du upptäcker ett fel hur går du till väga",
        "vilka program använder du",
        "är du van vid att jobba skift",
        "när kan du börja",
        "brukar du ta ansvar i en grupp",
    ],
}
TOLD = {
    "no": [
        "hvis du jobber med kunder må du lytte",
        "hvis kunden er sur skal du ikke svare med en gang",
        "når kunden kommer skal du smile",
        "har du en dårlig dag så merker kundene det",
        "kommer du for sent får du en advarsel",
        "jobber du med mennesker må du være tålmodig",
        "har du først begynt å røyke er det vanskelig å slutte",
        "når folk spør sier jeg alltid det samme",
        "gjør du en feil så sier du fra",
        "dersom kunden klager skal du alltid lytte",
        "er du syk så ringer du sjefen",
        "får du ikke sove blir du sliten",
        "tar du ikke vare på verktøyet blir det ødelagt",
        "hvis kollegaen trenger hjelp skal du stille opp",
        "står du på lageret hele dagen blir du sliten i beina",
        "vil du lykkes må du jobbe hardt",
        "når maskinen stopper skal du trykke på den røde knappen",
        "har du ikke førerkort får du ikke jobben",
        "hvis det er mye å gjøre hjelper vi hverandre",
        "går det galt så prøver du en gang til",
        "blir du sint mister du kunden",
        "når det er stille rydder vi i hyllene",
    ],
    "da": [
        "hvis kunden er sur skal du lytte",
        "arbejder du med mennesker skal du være tålmodig",
        "kommer du for sent får du en advarsel",
        "har du spørgsmål så skriver du bare",
        "når kunden ringer skal du tage den",
        "er du syg så ringer du til chefen",
        "hvis maskinen går i stå skal du trykke på knappen",
        "laver du en fejl så siger du det",
        "får du ikke sovet bliver du træt",
        "hvis din kollega er væk må du tage over",
        "har du ikke kørekort får du ikke jobbet",
        "vil du lykkes skal du arbejde hårdt",
        "står du på lageret hele dagen bliver du træt i benene",
        "går det galt så prøver man igen",
        "hvis der er travlt hjælper vi hinanden",
        "bliver du vred mister du kunden",
        "når der er stille rydder vi op",
    ],
    "sv": [
        "om kunden är arg ska du lyssna",
        "jobbar du med människor måste du lyssna",
        "kommer du för sent får du en varning",
        "har du frågor så hör du bara av dig",
        "när kunden ringer ska du svara",
        "gör du fel så säger du till",
        "är du sjuk så ringer du chefen",
        "vill du lyckas måste du jobba hårt",
        "har du inte körkort får du inte jobbet",
        "om maskinen stannar ska du trycka på knappen",
        "blir du arg tappar du kunden",
        "när det är lugnt städar vi",
        "står du hela dagen blir du trött",
    ],
}
PAIRS = pairs(ASKED)
STATEMENTS = pairs(TOLD)


@pytest.mark.parametrize(("code", "text"), PAIRS)
def test_a_question_or_request_without_marks_is_found(code: str, text: str) -> None:
    assert asks(text, code)


@pytest.mark.parametrize(("code", "text"), STATEMENTS)
def test_a_statement_is_none(code: str, text: str) -> None:
    assert not asks(text, code)
