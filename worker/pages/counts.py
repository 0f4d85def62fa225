"""Tells numbers beside pay that count hours, days or years, or that name a level."""

from __future__ import annotations

import re

from worker.pages.currency_marks import LETTERS, NO_LETTER_AFTER

_LEVEL = re.compile(
    rf"(?<![{LETTERS}])(?:level|lvl|band|grade|gs|tier|zone|region|step|scale|spine point|scp|point"
    r"|class|category|group|stufe|erfahrungsstufe|[^\W\d_]{0,20}gruppe|eg|tvöd(?:-\w)?|klasse|kategorie"
    r"|niveau|échelon|coefficient|catégorie|groupe|nivel|nível|grupo|categoría|categoria|livello"
    r"|grado|schaal|trede|functiegroep|poziom|stopień|kategoria|úroveň|třída|stupeň|trieda|nivå"
    r"|lönegrad|løntrin|lønnstrinn|trin|trinn|taso|vaativuustaso|szint|nivelul|уровень|разряд"
    r"|рівень|розряд|ниво|βαθμίδα|επίπεδο|seviye|kademe|golongan|tingkat|bậc|cấp)[ .:#-]{0,3}$",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    rf" ?-?(?:(?:hours?|hrs?|h|std|stunden?|wochenstunden|heures?|horas?|ore|uur|uren|timmar|timer"
    r"|tim|godzin\w{0,2}|godz|hodin\w{0,2}|hod|tunti\w{0,3}|tuntia|órás?|час\w{0,3}|годин\w{0,2}|saat"
    r"|jam|giờ|ώρες|days?|tagen?|tage?|urlaubstage|jours?|días?|dias?|giorni|dagen|dagar|dage|dager"
    r"|dni|dnů|dní|päivää|nap|дн\w{0,2}|gün|hari|ngày|weeks?|wochen|semaines?|semanas?|settimane"
    r"|weken|veckor|uger|uker|tygodni\w?|týdn\w{0,2}|years?|yrs?|jahren?|ans|années|años|anos|anni"
    r"|jaar|år|lata?|let|roky|roků|vuotta|év|лет|года|років|роки|yıl|tahun|năm|months?|monaten?|mois"
    r"|meses|mesi|maanden|månader|måneder|miesi\w{0,4}|měsíc\w{0,2}|kuukautta|hónap|месяц\w{0,2}"
    rf"|місяц\w{{0,2}}){NO_LETTER_AFTER}|時間|小[时時]|시간|日間|[日天年]|일|년|ชั่วโมง|วัน|ปี|%)",
    re.IGNORECASE,
)
_NUMBER_AND_COLON = re.compile(r"\s?:")
_CLOCK = re.compile(r":[0-5]\d(?!\d)|\s?(?:[時时点點](?![給薪間间])|시(?![간급])|Uhr\b|h\d\d\b)")
_YEAR = re.compile(r"(?:19|20)\d\d")


def follows_level(text: str, start: int) -> bool:
    """Whether a word such as "Level" or "Grade" stands right before a number at `start`."""
    return _LEVEL.search(text[max(0, start - 32) : start]) is not None


def is_count(text: str, start: int, end: int) -> bool:
    """Whether a number without a currency mark is a level or a year, or counts a time: "40 hours".

    `start` and `end` are the number's place in a text that `plain_signs` returned.
    """
    return (
        follows_level(text, start)
        or _COUNTED.match(text, end) is not None
        or _NUMBER_AND_COLON.match(text, end) is not None
        or is_year(text[start:end].strip())
    )


def is_clock(text: str, end: int) -> bool:
    """Whether a number that ends at `end` is the hour of a time of day, as in "9:00" and "9時"."""
    return _CLOCK.match(text, end) is not None


def is_year(number: str) -> bool:
    """Whether a number has the form of a year between 1900 and 2099."""
    return _YEAR.fullmatch(number) is not None
