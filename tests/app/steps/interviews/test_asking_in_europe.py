"""Questions without marks are found in Nordic languages, Greek, Armenian and Amharic."""

from __future__ import annotations

import pytest

from tests.app.steps.interviews.asking import asks, pairs

ASKED = {
    "sv": [
        "vad gjorde du innan du kom hit", "varför vill du byta jobb", "trivs du bäst ensam "
        "eller i grupp",
        "hur länge har du arbetat med kunder", "har du några frågor till oss", "vilka språk "
        "talar du",
        "hur ser en vanlig dag ut för dig", "berätta lite om dig själv", "när började du på lagret",
        "varifrån kommer ditt intresse för teknik", "är det något du vill förbättra",
    ],
    "da": [
        "hvad fik dig til at søge jobbet", "hvorfor vil du arbejde hos os", "fortæl om dig selv",
        "hvordan håndterer du stress", "kan du give et eksempel på en konflikt",
        "hvilke opgaver har du nu", "hvornår kan du starte", "arbejder du bedst alene",
        "hvad ved du om vores virksomhed",
    ],
    "no": [
        "hva gjorde du før du kom hit", "hvorfor vil du jobbe hos oss", "når kan du begynne",
        "hvordan takler du travle dager", "liker du å jobbe i team", "fortell litt om deg selv",
        "hvor lenge har du bodd her", "hva er din største svakhet", "hvilke språk snakker du",
    ],
    "el": [
        "τι σας έφερε σε αυτή τη δουλειά", "γιατί θέλετε να δουλέψετε μαζί μας",
        "πώς αντιμετωπίζετε το άγχος", "έχετε εμπειρία με πελάτες", "πείτε μας λίγα λόγια για εσάς",
        "ποια είναι τα δυνατά σας σημεία", "πόσο καιρό δουλεύετε εκεί",
        "περιγράψτε μια δύσκολη μέρα",
    ],
    "hy": [
        "ինչու եք ուզում աշխատել մեզ մոտ", "պատմեք ձեր մասին", "ինչ փորձ ունեք այս ոլորտում",
        "ինչ ես անում հիմա", "որտեղ եք սովորել",
        "որն է ձեր ամենամեծ ձեռքբերումը", "երբ կարող եք սկսել",
    ],
    "am": [
        "ለምን እዚህ መሥራት ፈለጉ", "ስለራስዎ ይንገሩን", "ምን ዓይነት ልምድ አለዎት", "የት ነው የተማሩት",
        "ጠንካራ ጎንዎ ምንድን ነው", "መቼ መጀመር ይችላሉ",
    ],
}  # fmt: skip
TOLD = {
    "sv": [
        "när jag började var jag rädd", "jag vet inte vad jag ska säga", "det var roligt att "
        "lära sig",
        "då jobbade jag på ett lager", "vad jag gillar är kontakten med folk", "hur som helst "
        "blev det bra",
        "när du jobbar med kunder måste du lyssna", "innan du frågar har jag redan svarat",
        "du vet hur det är på ett lager", "var försiktig sa chefen", "där lärde jag mig svetsa",
    ],
    "da": [
        "da jeg startede var jeg nervøs", "jeg ved ikke hvad jeg skal sige", "så flyttede vi "
        "til århus",
        "så var det jeg skiftede job",
        "hvad jeg godt kan lide er ro", "hvis jeg får jobbet bliver jeg glad", "du ved hvordan "
        "det er",
    ],
    "no": [
        "når jeg begynte var jeg redd", "jeg vet ikke hva jeg skal si", "så flyttet vi til bergen",
        "når du jobber med mennesker må du lytte", "hvis du spør meg er det viktig",
        "hva jeg liker er kontakten med folk", "hvor jeg bodde var det stille",
    ],
    "el": [
        "γιατί μου αρέσει να δουλεύω με κόσμο", "όταν ξεκίνησα ήμουν αγχωμένος",
        "έχετε δίκιο σε αυτό", "είστε πολύ ευγενικοί", "πόσο μάλλον όταν έχεις ομάδα",
        "νομίζω πως τα πήγα καλά", "που λέτε ήταν δύσκολα", "μετά πήγα στη θεσσαλονίκη",
    ],
    "hy": [
        "երբ սկսեցի աշխատել վախենում էի", "ես տասը տարի աշխատել եմ այնտեղ",
        "երբ ես սկսեցի աշխատել դժվար էր", "երբ ես աշխատում եմ հանգիստ եմ", "ինչ էլ անեք ես կօգնեմ",
        "ինչպես ասացի դա դժվար էր", "գիտեմ ինչ անել",
    ],
    "am": [
        "እዚያ አምስት ዓመት ሠራሁ", "በጣም ጥሩ ልምድ ነበር", "ምን እንደምል አላውቅም", "ሥራውን እወደዋለሁ",
    ],
}  # fmt: skip
PAIRS = pairs(ASKED)
STATEMENTS = pairs(TOLD)


@pytest.mark.parametrize(("code", "text"), PAIRS)
def test_a_question_or_request_without_marks_is_found(code: str, text: str) -> None:
    assert asks(text, code)


@pytest.mark.parametrize(("code", "text"), STATEMENTS)
def test_a_statement_is_none(code: str, text: str) -> None:
    assert not asks(text, code)
