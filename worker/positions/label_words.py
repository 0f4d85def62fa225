"""Labels before facts in postings, and words for parts of an address, in many languages."""

from __future__ import annotations

from worker.pages.draft import FieldName

_LABELS: dict[FieldName, str] = {
    "job_title": "job title|position title|position|role|title|stelle|stellenbezeichnung|poste"
    "|intitulé du poste|título del puesto|nombre del puesto|título da vaga|functietitel"
    "|nazwa stanowiska|název pozice|názov pozície|stillingstittel|stillingsbetegnelse|jobtitel",
    "company_name": "company|employer|company name|hiring company|hiring organization|organisation"
    "|organization|unternehmen|arbeitgeber|firma|entreprise|société|employeur|empresa|empleador"
    "|empregador|azienda|datore di lavoro|bedrijf|werkgever|pracodawca|nazwa firmy|společnost"
    "|zaměstnavatel|spoločnosť|zamestnávateľ|företag|arbetsgivare|virksomhed|arbejdsgiver"
    "|arbeidsgiver|bedrift|yritys|työnantaja|munkáltató|cég|angajator|companie|şirket|işveren"
    "|компания|работодатель|компанія|роботодавець|εταιρεία|会社名|企業名|公司|公司名称|企业名称"
    "|회사명|기업명",
    "salary_range": "salary|salary range|pay|pay range|compensation|base salary|wage|hourly rate"
    "|gehalt|vergütung|lohn|entgelt|salaire|rémunération|salario|sueldo|remuneración|salário"
    "|remuneração|stipendio|retribuzione|retribuzione annua|salaris|lön|løn|lønn|palkka"
    "|wynagrodzenie|plat|mzda|mzdové podmínky|fizetés|bérezés|salariu|зарплата|заработная плата"
    "|оклад|заробітна плата|μισθός|maaş|ücret|給与|給料|賃金|報酬|薪资|薪資|薪水|月薪|工资"
    "|급여|연봉|임금"
    "|lương|mức lương|gaji",
    "location": "location|locations|job location|primary location|work location|office location"
    "|place of work|based in|city|location name|location: city|job location: city"
    "|standort|standorte|arbeitsort|einsatzort|dienstort|lieu|lieu de travail|localisation|ville"
    "|ubicación|lugar de trabajo|localidad|ciudad|localização|local de trabalho|cidade|sede"
    "|sede di lavoro|luogo di lavoro|località|città|plaats|standplaats|locatie|werklocatie|miasto"
    "|miejsce pracy|lokalizacja|místo výkonu práce|místo|lokalita|město|miesto výkonu práce|miesto"
    "|arbetsort|arbetsplats|placeringsort|ort|plats|arbejdssted|arbeidssted|sted|sijainti"
    "|työpaikan sijainti|työskentelypaikka|paikkakunta|munkavégzés helye|helyszín|locație"
    "|locația|oraș|konum|çalışma yeri|şehir|город|место работы|місто|місце роботи|τοποθεσία"
    "|勤務地|勤務先|就業場所|工作地点|工作地點|근무지|근무지역|근무 지역",
    "workplace_type": "workplace|workplace type|work model|working model|remote|work arrangement"
    "|work mode|arbeitsmodell|modalidad|modalidad de trabajo|tryb pracy|distansarbete|werkvorm",
    "employment_type": "employment type|job type|type of employment|contract type|contract"
    "|employment|hours|working hours|schedule|time type|worker type|position type|employee type"
    "|employment status|job schedule|anstellungsart|beschäftigungsart|arbeitszeit|vertragsart"
    "|type de contrat|contrat|temps de travail|tipo de contrato|jornada|jornada laboral"
    "|tipo de vaga|regime|tipo di contratto|contratto|dienstverband|contracttype|rodzaj umowy"
    "|wymiar pracy|typ úvazku|úvazek|pracovní poměr|druh pracovného pomeru|anställningsform"
    "|anställningstyp|omfattning|ansættelsestype|ansettelsesform|työsuhde|foglalkoztatás típusa"
    "|tip job|çalışma şekli|тип занятости|занятость|тип зайнятості|雇用形態|勤務形態"
    "|工作性质|고용형태|beschäftigungsverhältnis|type d'emploi|tipo de empleo|tipo de emprego"
    "|tipo di impiego|type baan|soort baan|soort dienstverband|forma zatrudnienia"
    "|typ pracovního poměru|typ práce|ansættelsesform|beskæftigelsestype|ansettelsestype"
    "|työsuhteen tyyppi|tip de angajare|istihdam türü|iş tipi|jenis pekerjaan"
    "|loại công việc|ประเภทการจ้างงาน|职位类型|雇佣类型|고용 형태|نوع الوظيفة",
    "posted_at": "posted|posted on|date posted|posted date|posting date|published|published on"
    "|veröffentlicht|veröffentlicht am|date de publication|publiée le|fecha de publicación"
    "|data de publicação|data di pubblicazione|data publikacji|datum zveřejnění|publicerad"
    "|publiceringsdatum",
    "valid_through": "closing date|closes|apply by|application deadline|deadline|valid through"
    "|applications close|end date|bewerbungsfrist|bewerbungsschluss|date limite"
    "|date limite de candidature|fecha límite|fecha de cierre|prazo de candidatura|scadenza"
    "|sluitingsdatum|termin aplikowania|sista ansökningsdag|ansøgningsfrist|søknadsfrist"
    "|viimeinen hakupäivä|hakuaika päättyy|jelentkezési határidő|son başvuru tarihi",
    "source_job_id": "job id|job reference|reference|reference number|reference id|ref"
    "|requisition id|requisition number|req id|job number|job requisition id|posting id"
    "|kennziffer|referenznummer|stellen-id|référence|referencia|referência|riferimento"
    "|referentienummer|numer referencyjny|referenční číslo",
}
FIELD_OF: dict[str, FieldName] = {
    label: field for field, labels in _LABELS.items() for label in labels.split("|")
}
UNSURE = {
    "position",
    "role",
    "title",
    "poste",
    "stelle",
    "remote",
    "hours",
    "published",
    "contract",
}
"""Labels that may be headings or menu words; outside of `dt` and `th` they need a colon or bold
type."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ADDRESS_PARTS = _words(
    """
    city town state region province county country zip postcode district area street address site
    region/state state/province zip/postal ort stadt land bundesland straße plz ville pays région
    ciudad país provincia cidade estado città paese stad miasto kraj województwo město země by
    kaupunki maa város ország oraș țară şehir ülke город страна область місто країна
    """
) | {"postal code", "zip code", "code postal", "código postal", "street address"}
