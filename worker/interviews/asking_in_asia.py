"""Patterns which show that a Korean, Japanese, Chinese or Thai sentence asks something.

Most such sentences end with a certain word or syllable, which is as clear as a question mark.
"""

from __future__ import annotations

import re

_HANGUL, _ENDINGS, _HANGUL_COUNT = 0xAC00, 28, 11_172


def _ending_in(consonant: int) -> str:
    """All Hangul syllables with a final consonant, by its place in the Unicode block."""
    first = _HANGUL + consonant
    return "".join(map(chr, range(first, _HANGUL + _HANGUL_COUNT, _ENDINGS)))


_N, _L, _SS = _ending_in(4), _ending_in(8), _ending_in(20)
# The stems before the question's ending "-나요". Verbs such as "생각나다" also end in "-나요".
_KO_STEMS = (
    rf"[{_SS}없않하되시받먹읽싶많좋맞같찾잡묻믿얻웃앉입벗씻놓넣닿쌓낳남담참숨넘줍눕굽돕춥덥쉽렵맵젊늙닮싫잃"
    r"끓옳밟붙맡뽑묶깎볶겪꺾닦섞엮짧높낮깊쓰보오가두주사드서내대켜펴쉬뛰꾸누추키치끼우루르니파부차]|"
    r"(?<![소난])리|(?<![연향윤고])기|(?<=[가-힣])지|(?<!펑)크|(?<!나)타|(?<![가-힣])아|"
    r"(?<=[보쓰쌓놓높줄모먹섞붙덮])이"
)
_KO_WHICH = (
    r"(?<!\S)(?:왜|뭘|뭐를|무엇을|무슨|언제(?!나|든)|어디(?!든|나)(?:에서|서|에|로|를)?|"
    r"누가|누구(?!나|든)(?:랑|와|하고|한테|에게|를)?|뭐라고|뭐|몇|얼마나|어떤|어느|어떻게(?!든)|어땠)"
)
# "I do not know why" holds a question, and asks none.
_KO_UNASKED = (
    r"(?!.{0,100}(?:[는은을던지인한할될건런른]지\W|지(?:는|도|를)? |냐고|다고|[가-힣]든 ))"
)
_KO_YOU = r"(?:셨어요|셨죠|셨지요|세요|시죠|시지요|실래요|셔요)"
_KO_THEY = (
    r"(?!.*(?:[가-힣](?:님|분)|어머니|아버지|부모|할머니|할아버지|교수|고객|손님)(?!들?과|들?의))"
)
_KO = (
    r"(?:[습입합됩십갑옵납랍둡봅줍칩립집킵뵙]니까|"
    rf"[{_L}]까요|(?<!중 )(?<!또 )(?:{_KO_STEMS})나요|(?<!안)[{_N}]가요)\W*$|"
    # A question word asks the other, or is what is asked for.
    rf"{_KO_WHICH}{_KO_UNASKED}.{{0,100}}{_KO_YOU}\W*$|"
    r"(?<!\S)(?:뭐|무엇|누구|어디|언제|얼마|왜|몇 ?[가-힣]{1,2})"
    r"(?:예요|이?에요|였어요|이었어요|이?죠|이?지요)\W*$|"
    r"(?<!\S)(?:어때|어땠어|왜)요\W*$|(?:이|가|은|는|을|를|께|도) 뭐(?:예요|에요|죠|였어요)\W*$|"
    rf"(?<!\S)왜 {_KO_UNASKED}(?:[가-힣]+ ){{0,4}}[가-힣]*(?:[{_SS}]어요|해요|돼요|죠)\W*$|"
    rf"(?<!\S)(?:어떻게|뭘|무엇을|무슨 일을?|언제|어디(?:에서|서|에|로|를)?|누가) {_KO_UNASKED}"
    rf"(?:[가-힣]+ )?[가-힣]*(?:[{_SS}]어요|해요|돼요|죠)\W*$|"
    # Without one, only the honorific of a state: that of an action may call for it.
    rf"^{_KO_THEY}(?!.*안녕히)(?:.*(?:있으|없으|괜찮으|많으|좋으|싫으|같으|싶으|힘드|이|다니|생각하|"
    r"좋아하|원하|가능하|필요하|궁금하)(?:세요|셨어요|셨죠|시죠)|"
    r".*(?<!잘)(?<!잘 )(?<!수고)(?<!고생)(?<!말씀)(?<!질문)(?<!물어보)"
    r"[가-힣]셨(?:어요|죠|지요))\W*$"
)
_KO_REQUESTS = (
    r"[주해](?:세요|십시오|시겠습니까|시겠어요|시죠|실래요|시기 바랍니다)\W*$|"
    r"(?:소개|설명|말씀|답변|대답|이야기|얘기|예시|묘사|의견|정리|비교|공유|주시길|"
    r"주시기를?)(?:를|을|도|만)? ?(?:좀 |한번 |짧게 |간단히 |먼저 ){0,3}"
    r"부탁(?:드립니다|합니다|드려요|드릴게요)\W*$"
)
# "Please sit, wait, come in"; "I look forward to working with you".
_KO_POLITE = (
    r"(?:앉아|기다려|들어와|들어오셔서|나가|서|와|양해해|이해해|주의해|조심해|참고해|봐|연락해|문의해|"
    r"안심해|편하게 해|연락) ?주?(?:세요|십시오|시기 바랍니다)\W*$|"
    # "Is that so?"
    r"^\W*(?:(?:아|네|예)\W+)*그(?:렇습니까|랬습니까|럴까요|런가요)\W*$"
)
_JA = r"(?:(?<!そう)(?:です|ます|でしょう|でした)|ました|ません)か\W*$"
_JA_REQUESTS = (
    r"(?:[てで](?:ください|下さい|もらえますか)|(?:お聞かせ|教えて)(?:ください|下さい|ほしいです)?|"
    r"(?:お聞かせ|教えて)(?:いただけ|頂け|もらえ|くれ|ください)(?:ます|ません|ないでしょう)か|"
    r"(?:お聞かせ|教えて)(?:いただい|頂い|もらっ)て(?:も)?(?:いい|よい|よろしい)(?:です|でしょう)か|"
    r"(?:お聞かせ|教えて)(?:いただけ|頂け|もらえ)(?:れば|ると|たら)\w{2,8}|"
    r"(?:お聞かせ|教えて)(?:いただき|頂き|もらい)たい(?:です|のですが|と思います)?)\W*$|"
    # A request names what is wanted: "a self-introduction, please".
    r"(?:を(?:よろしく|宜しく)?|[\u4e00-\u9fff\u30a1-\u30fc]{2})(?:お願い|おねがい)"
    r"(?:し|いたし|致し)ます\W*$"
)
_JA_POLITE = (
    r"(?:待って|座って|掛けて|かけて|入って|気をつけて|安心して|して楽に|楽にして|リラックスして|"
    r"無理しないで|遠慮しないで|頑張って|がんばって|見て)(?:ください|下さい)\W*$|"
    r"(?:ご(?:検討|確認|指導|理解|協力|連絡|注意|了承)を?|今後とも|何卒|どうぞ|一日|時間|本日|今日)"
    r"(?:よろしく|宜しく)?(?:お願い|おねがい)(?:し|いたし|致し)ます\W*$"
)
_ZH_LEAD = (
    r"^\W*+(?:(?:好的?|那么?|嗯|然后|然後|所以|另外|还有|還有|谢谢|謝謝)"
    r"(?![里裡个個些儿])\W*+){0,3}+"
)
_ZH_ASKED = (
    r"什么|什麼|怎么|怎麼|怎样|怎樣|哪[里裡儿个個些家]?|多少|多久|几[个個年次]|幾[個年次]|谁|誰|如何|"
    r"是否|有没有|有沒有|能不能|会不会|會不會|是不是|为何|為何"
)
_ZH = (
    rf"(?<!干)[吗嗎]\W*$|{_ZH_LEAD}(?:请问|請問)\w|"
    rf"{_ZH_LEAD}(?:[为為]什[么麼]|怎[么麼]|什[么麼]时候)(?:[你您会會要不想没]|没有)|"
    rf"{_ZH_LEAD}(?:在|对|對|从|從|当|當)?[你您][^，,。！!]{{0,20}}(?:{_ZH_ASKED})(?![都也])|"
    r"[你您那][^，,。！!]{0,20}呢\W*$|"
    r"^(?!.{0,40}(?:知道|不管|无论|無論|没|沒|不清楚|忘了|[我他她它们們][^你您]{0,10}[说問问]))"
    r".{0,60}(?:什么|什麼|怎么样|怎麼樣|怎样|怎樣|[为為]什[么麼]|多少|多久|哪里|哪裡|哪些|如何|"
    r"怎么做的?|怎麼做的?)\W*$"
)
_ZH_REQUESTS = (
    rf"{_ZH_LEAD}[请請][你您]?(?:先|再|简单|簡單|简要|具体|具體)?"
    r"(?:地)?(?:介绍|介紹|谈|談|说|說|讲|講|描述|解释|解釋|分享|举|舉|告诉|告訴|聊|自我)"
)
_TH_END = r"\s*+(?:ครับ|คับ|คะ|ค่ะ|ฮะ|จ๊ะ)?+\W*+$"
_TH = (
    r"(?:ไหม|มั้ย|มัย|หรือเปล่า|รึเปล่า|หรือยัง|หรือไม่|(?<!ไม่มี)(?<!ไม่ได้)อะไร(?:บ้าง)?|ที่ไหน|"
    r"เมื่อไหร่|เมื่อไร|ทำไม|อย่างไร(?:บ้าง)?|ยังไง(?:บ้าง)?|เท่าไหร่|เท่าไร|(?<!ไม่มี)ใคร)"
    rf"{_TH_END}|คะ\W*$|^\W*(?:แล้ว)?(?:ทำไม|เพราะอะไร)|"
    r"^\W*(?:แล้ว)?คุณ\S{0,30}(?:อะไร|ที่ไหน|อย่างไร|ยังไง|เมื่อไหร่|ใคร|เท่าไหร่)"
)
_TH_REQUESTS = (
    r"^\W*(?:ช่วย|กรุณา|รบกวน|อยากให้|ขอให้)\S{0,20}(?:เล่า|อธิบาย|บอก|แนะนำ|ยกตัวอย่าง|พูดถึง)|"
    rf"(?:ให้ฟัง|แนะนำตัว)(?:หน่อย|ที|ด้วย){_TH_END}"
)
_ASKED = {
    code: re.compile(each) for code, each in {"ko": _KO, "ja": _JA, "zh": _ZH, "th": _TH}.items()
}
_REQUESTED = {
    code: re.compile(each)
    for code, each in {
        "ko": _KO_REQUESTS,
        "ja": _JA_REQUESTS,
        "zh": _ZH_REQUESTS,
        "th": _TH_REQUESTS,
    }.items()
}
_TH_DENIED = r"ไม่\S{0,20}(?:อะไร|ใคร|ที่ไหน)\S{0,8}\W*$"
_ZH_POLITE = r"^\W*哪[里裡]哪[里裡]\W*$"
_EMPTY = {
    code: re.compile(each)
    for code, each in {
        "ko": _KO_POLITE,
        "ja": _JA_POLITE,
        "th": _TH_DENIED,
        "zh": _ZH_POLITE,
    }.items()
}
EASTERN = frozenset(_ASKED)
"""The codes of the languages known here."""


def asks_in_east(sentence: str, code: str) -> bool:
    """Whether a sentence of the language `code` asks something."""
    return _ASKED[code].search(sentence) is not None and not _is_empty(sentence, code)


def requests_in_east(sentence: str, code: str) -> bool:
    """Whether a sentence of the language `code` requests an answer; a mere courtesy does not."""
    return _REQUESTED[code].search(sentence) is not None and not _is_empty(sentence, code)


def _is_empty(sentence: str, code: str) -> bool:
    return code in _EMPTY and _EMPTY[code].search(sentence) is not None
