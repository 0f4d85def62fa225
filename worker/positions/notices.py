"""Reads headings of short notices: "We are hiring a cook", "Koch gesucht", "美容師募集"."""

from __future__ import annotations

import re

from worker.positions.frame_words import is_frame

_ADVERB = (
    r"(?:\s(?:now|currently|urgently|again|ab sofort|aktuell|zurzeit|derzeit|dringend|noch|auch|je"
    r"|actuellement|urgentemente|urgente|per direct|nu|nå|just nu|pilnie|ihned|срочно|терміново|"
    r"acil))?"
)
_FIRST = (
    r"(?:we(?:'re| are)|(?:[\w&.'’-]{1,30}\s){1,4}is)" + _ADVERB + r" (?:hiring|looking for|seeking"
    r"|recruiting)(?: for)?|now hiring|hiring(?=\s?:|\s(?:an?|for|now)\s)(?: for)?|(?:help )?wanted"
    r"|wir (?:suchen|stellen)|gesucht|suchen" + _ADVERB + r"|gesucht wird"
    r"|(?:nous|on)"
    + _ADVERB
    + r" (?:recrut\w+|recherch\w+|embauch\w+|cherch\w+)|recrutons|recherchons"
    r"|recherche(?=\s?:|\s(?:une?|des|son|sa|ses)\s)"
    r"|se (?:busca|necesita|precisa|solicita)n?|buscamos|necesitamos|contratamos|es busca|busquem"
    r"|(?:procura|precisa|contrata|admite)m?-se|procuramos|precisamos(?: de)?|estamos contratando"
    r"|cercasi|cerchiamo|ricerchiamo|assumiamo|stiamo cercando|si cerca"
    r"|(?:wij|we) zoeken|gezocht|gevraagd"
    r"|vi (?:söker|søger|søker|letar efter|leter etter|anställer|ansætter|ansetter)|sökes|søges|"
    r"søkes"
    r"|(?:haemme|etsimme|haetaan|palkkaamme)|zatrudni(?:my|ę)|szukamy|poszukujemy|przyjm(?:iemy|ę)"
    r"|hled(?:áme|á se)|přijmeme|hľadáme|prijmeme|felveszünk|keresünk|căutăm|angajăm|caut(?:ăm)?"
    r"|търсим|търси се|tražimo|traži se|zapošljavamo|iščemo|zaposlimo|тражимо|тражи се"
    r"|ищем|ищу|требу[ею]тся|приглашаем(?: на работу)?|шукаємо|потріб(?:ен|на|ні)|запрошуємо(?: "
    r"на роботу)?"
    r"|ieškome|ieškoma|meklējam|otsime|ζητείται|ζητούνται|αναζητούμε|αναζητείται|προσλαμβάνουμε"
    r"|مطلوب|نبحث عن|נדרש\w?|דרוש\w{0,2}|מחפשים|cần tuyển|tuyển(?: dụng)?|(?:di)?butuhkan|"
    r"dibutuhkan|dicari"
    r"|lowongan(?: kerja)?|รับสมัคร|ต้องการ"
)
_LAST = (
    r"wanted|needed|gesucht|gezocht|gevraagd|recherchée?s?|cercasi|sökes|søges|søkes|haetaan|poszukiwan\w"
    r"|keresünk|kerestetik|felvétel|aranıyor|aranmaktadır|arıyoruz|alınacaktır|требу[ею]тся|потріб(?:ен|на|ні)"
    r"|募集(?:中)?|を募集(?:しています|します|中)?|急募|모집|구합니다|구인|채용|招聘|诚聘|急聘"
)
_ARTICLE = re.compile(
    r"^(?:an?|one|the|eine?n?|einen?|der|die|den|das|uno?|una|unos|unas|une|des|um|uma|en|ett|et|een"
    r"|ei|egy|bir|jednego|jednoho|dois|två|to|two|three|our next|your|még egy"
    r"|acil(?:en)?|срочно|терміново)\s",
    re.IGNORECASE,
)
_STARTS = re.compile(rf"^\W*(?:{_FIRST}){_ADVERB}\s?:?\s(?P<sought>\S.{{1,90}})$", re.IGNORECASE)
_ENDS = re.compile(
    rf"^\W*(?P<sought>\S.{{1,90}}?)(?:{_ADVERB}\s(?:{_LAST})|(?<=[\u3040-\u9fff\uac00-\ud7af])"
    r"(?:を?募集(?:しています|します|中)?|急募|모집|구인|招聘))\W{0,5}$",
    re.IGNORECASE,
)
_WHERE = re.compile(
    r"\s(?:to join|who|for our|für unser\w*|pour notre|para nuestr\w+|para noss\w+|per il nostro"
    r"|voor ons|till vår\w*|til vor\w*|do naš\w+|do nasz\w+|в наш\w*|to work|, die|, der|mit)\b",
    re.IGNORECASE,
)
_NO_ROLE = re.compile(
    r"\b(?:people|talents?|talented|someone|somebody|those|anyone|everyone|you|new members?"
    r"|members|players?|"
    r"volunteers?|partners?"
    r"|investors?|sponsors?|donations?|stories|authors?|help|dich|sie|euch|mitglieder|spenden|spender"
    r"|sponsoren|wohnung|haus|partner|ehrenamtliche|talente|menschen|personnes|talents|bénévoles|vous|dons"
    r"|partenaires|personas|talento|socios|voluntarios|pessoas|talentos|persone|talenti|soci|volontari"
    r"|mensen|vrijwilligers|talenten|jou|dig|människor|ludzi|ciebie|wolontariuszy|lidi|tebe|dobrovolníky"
    r"|людей|вас|волонт\w+|answers?|feedback|fans?|models?|a home|owner)\b",
    re.IGNORECASE,
)
_NOBODY = re.compile(
    r"\A(?:.*\b(?:is|are|was|were|be|and|or)"
    r"|(?:no|some|any|more|much|further)\s.*|most"
    r"|(?:blood |organ )?donors?|ideas?|witnesses|flats?|apartments?|rooms?|houses?|man|woman"
    r"|zimmer|wg-zimmer|katze|hund|zeugen|gebrauchtwagen|auto|ideen|blutspender"
    r"|appartement|chambre|témoins?|casa|piso|habitación|quarto|testimoni|stanza|getuigen|kamer"
    r"|kot|vittnen|lägenhet|vidner|lejlighed|pokoju|mieszkania|квартир\w|комнат\w|свидетел\w)\Z",
    re.IGNORECASE,
)
"""Matches what is needed and is nobody's work: "More research is needed", "Zimmer gesucht"."""
MOST_WORDS = 7


def role_sought(heading: str) -> str | None:
    """The role in a heading that says that one is sought; None for other headings.

    None also if it names nobody in particular, as "We are looking for talented people".
    """
    text = " ".join(heading.split()).replace("’", "'")
    match = _STARTS.match(text) or _ENDS.match(text)
    if match is None:
        return None
    sought = _WHERE.split(_ARTICLE.sub("", match["sought"].strip()), maxsplit=1)[0]
    sought = sought.strip(" .:!?-\u2013\u2014")
    if not 2 <= len(sought) <= 80 or len(sought.split()) > MOST_WORDS or is_frame(sought):
        return None
    if _NO_ROLE.search(sought) or _NOBODY.match(sought):
        return None
    return sought[0].upper() + sought[1:]
