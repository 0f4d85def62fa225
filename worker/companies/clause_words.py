"""Words of clauses that say what a company did before, or what somebody else does."""

from __future__ import annotations

import datetime as dt
import re

from worker.companies.technology_names import ANY_CASE, EXACT, WORDS

_TECHNOLOGY = "|".join(map(re.escape, (*ANY_CASE, *EXACT, *WORDS)))

_PAST = re.compile(
    r"\b(?:left\b.{0,40}?\bbehind|(?:we|they|team)\s(?:\w+\s){0,2}?(?:left|quit)|abandon\w*|ditched"
    r"|scrapped|deprecated|decommissioned|outgr(?:ew|own)|g(?:ave|iven|iving) up|goodbye to"
    r"|part(?:ed|ing) (?:ways )?with|moved (?:off|on from)|originally|initially|back then|at first"
    r"|the old (?:\w+ )?(?:ran|was (?:built|written))|predecessors?|vorgänger\w*|prédécesseurs?"
    r"|predecesor(?:es)?|predecessor[ei]|voorgangers?"
    r"|in the (?:past|beginning|(?:early|first) (?:days|years))|in (?:its|our|their) (?:early"
    r"|first)"
    r" (?:days|years)|years ago|until recently"
    r"|in den (?:ersten|frühen|anfangs)\s?jahren|anfangs|anfänglich|zu beginn|am anfang"
    r"|(?<!dès )(?<!depuis )(?:les premières années|au début|au départ)"
    r"|(?:los|en sus) primeros años|al principio|en un principio|inicialmente"
    r"|(?:nei|i) primi anni|all['’]inizio|inizialmente|(?:os|nos) primeiros anos|no início"
    r"|(?:de|in de) (?:eerste|beginnende) jaren|in het begin|aanvankelijk"
    r"|(?:de )?första åren|i början|inledningsvis|till en början"
    r"|(?:de )?første år(?:ene|a)?|i begyndelsen|i starten|til å begynne med|i begynnelsen"
    r"|pierwszych latach|początkowo|na początku|prvních letech|prvých rokoch|zpočátku|spočiatku"
    r"|первые годы|вначале|поначалу|перші роки|спочатку|ilk yıllar\w*|başlangıçta"
    r"|első éveiben|első években|kezdetben|ensimmäisinä vuosina|aluksi|primii ani|la început"
    # "We have used Python since 2010" is about the present.
    r"|(?:we|they|team|i)\s(?:\w+\s)??(?:(?<!have )(?<!has )(?<!['’]ve )used|ran|relied)"
    # These words help other verbs ("had to", "l'idée que nous avions de"), and `avions` are planes.
    rf"|(?:had|hatten|avions|teníamos|tínhamos|avevamo|hadden)\s(?-i:{_TECHNOLOGY})(?!\w)"
    r"|(?:(?:un)?til(?:\s\w+)?|bis|hasta|até|tot|asti|до|do|jusqu['’](?:en|à)|fino al?)"
    r"\s(?P<year>(?:19|20)\d\d)"
    r"|abgeschafft|aufgegeben|abgeschaltet|ausgemustert|hinter uns|zurückgelassen|losgeworden"
    r"|abschied von|damals|einst|(?:be)?nutzten|verwendeten|arbeiteten"
    r"|délaiss\w+|laissé\w*|quitté\w*|arrêté\w*|jadis|à l['’]époque|utilis(?:ions|ai[st]|aient)"
    r"|travaillions"
    r"|dejamos|dejado|dejó|descartamos|descartado|retiramos|retirado|us[aá]ba\w*|utiliz[aá]ba\w*"
    r"|trabaj[aá]ba\w*|en su día"
    r"|deix[aá]mos|deixou|deixado|larg[aá]mos|us[aá]va\w*|utiliz[aá]va\w*|trabalh[aá]va\w*"
    r"|lasciat\w|dismess\w|usavamo|utilizzavamo|lavoravamo|un tempo|una volta"
    r"|verlieten|verlaten|achtergelaten|afscheid van|gestopt met|afgeschaft|gebruikten|werkten"
    r"|destijds"
    r"|lämnade|lämnat|övergav|övergett|slutade|slutat|använde|arbetade|förr"
    r"|forlod|forladt|droppede|droppet|stoppede|brugte|arbejdede|dengang"
    r"|forlot|forlatt|sluttet|brukte|jobbet|den gang"
    r"|luovuimme|luopuneet|hylkäsimme|jätimme|käytimme|aiemmin"
    r"|porzuci\w+|zrezygnow\w+|wycofa\w+|odeszliśmy|pożegna\w+|używaliśmy|korzystaliśmy"
    r"|pracowaliśmy|pisaliśmy|kiedyś|niegdyś"
    r"|opustili|přestali|prestali|používali|pracovali|vyřadili|vyradili|kdysi|kedysi"
    r"|отказал\w+|ушли|оставили|забросили|прекратили|перестали|использовали|работали|писали"
    r"|когда-то|прежде|ранее|відмовил\w+|покинули|припинили|використовували|колись|раніше"
    r"|bıraktı\w*|bırakmış\w*|terk ett\w+|vazgeçt\w+|kullanıyorduk|kullandı\w*|kullanırdık|önceden"
    r"|elhagytu\w+|felhagytu\w+|abbahagytu\w+|lecserélt\w+|használtu\w+|korábban|régebben"
    r"|renunțat|abandonat|părăsit|foloseam|lucram|cândva"
    r"|εγκαταλείψ\w+|αφήσ\w+|σταματήσ\w+|χρησιμοποιούσ\w+|παλι[άό]\w*)\b"
    r"|やめ(?:ました|た)|廃止|使って(?:いた|いました)|使用していた|卒業し|放弃|放棄|弃用|停用|曾|淘汰"
    r"|그만두|폐기|사용했|과거",
    re.IGNORECASE,
)
# "Which we ran from day one" is about the present too.
_STILL = re.compile(
    r"\b(?:(?:from|since) (?:day one|the (?:very )?(?:first|start|beginning|outset))"
    r"|since (?:19|20)\d\d|ever since|to this day|von anfang an|bis heute"
    r"|(?:dès|depuis) le (?:début|départ)|desde (?:el (?:principio|inicio)|o início)"
    r"|fin dall['’]inizio|vanaf het begin"
    r"|från början|fra starten"
    r"|od początku|od začátku|с самого начала|baştan beri)\b",
    re.IGNORECASE,
)
_ENDED = re.compile(
    r"\b(?:left|quit|abandon\w*|ditched|scrapped|deprecated|decommissioned|gave up|given up"
    r"|abgeschafft|aufgegeben|abandonné\w*|abandonad\w*|abbandonat\w*)\b",
    re.IGNORECASE,
)


def is_past(clause: str) -> bool:
    """Whether a clause has words of leaving something or of the past.

    A year counts only if it is over: "until 2021", and no plan "until 2090".
    """
    if _STILL.search(clause) and not _ENDED.search(clause):
        return False
    this_year = dt.datetime.now(dt.UTC).year
    return any(
        found["year"] is None or int(found["year"]) < this_year for found in _PAST.finditer(clause)
    )


SOMEBODY_ELSE = re.compile(
    r"\b(?:(?:our|the|their|many|most|some|all|your)\s(?:\w+\s){0,2}?"
    r"(?:customers?|clients?|users?|partners?|competitors?|rivals?|vendors?|suppliers?|visitors"
    r"|students|readers|members|parent company)"
    r"|(?:customers|clients|users|competitors|partners|people|others|companies) (?:who|that|use"
    r"|run|connect|like|such as|(?:can|may) (?:plug|connect|use|link))"
    r"|\b(?:customers|clients|users|competitors|rivals|partners|others|(?:many|most"
    r"|other) (?:companies|firms"
    r"|shops|teams|banks|vendors)) (?:(?:still|often|mostly|usually|now|already|can|will"
    r"|may) ){0,2}?(?:use|rely"
    r"|run|depend|build|work|write|choose|connect|integrate|need|prefer)\b"
    r"|an? (?:\w+ )?(?:tool|product|app|platform|service) (?:like|similar to)"
    r"|import(?:s|ed|ing)? (?:\w+ ){0,3}?from|export(?:s|ed|ing)? (?:\w+ ){0,3}?to"
    r"|(?:our|the) (?:app|product|platform|software|tool|plug-?in|service)s? works? with"
    r"|(?:consultants?|we) (?:implement|install|resell|sell|support|integrate"
    r"|customi[sz]e) \w+ (?:for|at)"
    r"|compet(?:e|es|ing|ition) (?:with|against)|alternatives? to|compared (?:to|with)|versus|vs\.?"
    r"|(?:integrat|connect)(?:e|es|ed|ing|ion|ions|s)? (?:with|to|into|for)|compatible with"
    r"|plug-?ins? for|add-?ons? for|imports? from|exports? to|sync(?:s|ed|hronis\w*)? with"
    r"|unser\w{0,2} (?:\w+\s){0,2}?(?:kund|nutzer|anwender|partner|wettbewerber|konkurrent|mandant"
    r"|lieferant)\w*|(?:viele|manche|einige) kund\w+|kunden (?:nutzen|verwenden|setzen)"
    r"|nos (?:\w+\s){0,2}?(?:client|utilisat|partenaire|concurrent|fournisseur)\w*"
    r"|nuestr[oa]s (?:\w+\s){0,2}?(?:client|usuari|soci|competidor|proveedor)\w*"
    r"|nostr[ie] (?:\w+\s){0,2}?(?:client|utent|partner|concorrent|fornitor)\w*"
    r"|noss[oa]s (?:\w+\s){0,2}?(?:client|usuári|utilizador|parceir|concorrent|fornecedor)\w*"
    r"|onze (?:\w+\s){0,2}?(?:klant|gebruiker|partner|concurrent|leverancier)\w*"
    r"|(?:våra|vores|våre) (?:\w+\s){0,2}?(?:kund|använd|brug|bruk|partn|konkurrent|lever)\w*"
    r"|asiakkaa\w+|käyttäjämme"
    r"|(?:nasz\w{0,4}|nasi) (?:\w+\s){0,2}?(?:klient|klienc|użytkowni|partner|konkuren|dostawc)\w*"
    r"|naš\w{0,3} (?:\w+\s){0,2}?(?:zákazní|klient|uživatel|používate|partne|konkuren|dodavat"
    r"|dodávate)\w*"
    r"|наш\w{0,3} (?:\w+\s){0,2}?(?:клиент|заказчик|пользовател|партн|конкурент|поставщик|клієнт"
    r"|замовник|користувач)\w*"
    r"|müşteri\w+|kullanıcılar\w+|rakipler\w*|clienți\w* noștri|ügyfel\w+|versenytárs\w+"
    r"|πελάτες μας|πελατών μας|לקוחותינו|עמלא\w*)\b"
    r"|客户|客戶|用户|お客様|顧客|取引先|고객|경쟁사|عملاؤنا|عملائنا",
    re.IGNORECASE,
)
"""Words about customers and others, and about products that are joined or compared."""
