"""Questions without marks are found in Russian, Ukrainian, Bulgarian and Turkish."""

from __future__ import annotations

import pytest

from tests.app.steps.interviews.asking import asks, pairs
from worker.interviews.asking_elsewhere import asks_elsewhere

ASKED = {
    "ru": [
        "есть ли у вас опыт работы с клиентами",
        "почему вы решили уйти с прошлой работы",
        "расскажите немного о себе",
        "что вы знаете о нашей компании",
        "можете ли вы привести пример",
        "какие у вас сильные стороны",
        "кем вы видите себя через пять лет",
        "не могли бы вы описать ваш обычный день",
        "сколько человек было в вашей команде",
        "как вы справляетесь со стрессом",
        "готовы ли вы к командировкам",
        "чем вас привлекла эта вакансия",
        "чи є у вас досвід роботи",
        "чому ви хочете працювати саме у нас",
        "имате ли опит с клиенти",
        "защо искате да работите при нас",
        "приходилось ли вам увольнять сотрудников",
        "откуда вы узнали о вакансии",
        "опишите самый сложный проект",
        "какую зарплату вы ожидаете",
        "что вас мотивирует",
        "как бы вы объяснили это ребёнку",
        "умеете ли вы работать с таблицами",
        "зачем вам эта работа",
        "с какими программами вы работали",
        "назовите три ваших недостатка",
        "был ли у вас конфликт с руководителем",
        "когда вы сможете выйти на работу",
        "як ви дізналися про нас",
        "скільки років ви працюєте",
        "бихте ли разказали за себе си",
        "какво знаете за нашата фирма",
    ],
    "tr": [
        "bize biraz kendinizden bahseder misiniz",
        "neden bu şirkette çalışmak istiyorsunuz",
        "daha önce ekip yönettiniz mi",
        "en büyük başarınız nedir",
        "kendinizi beş yıl sonra nerede görüyorsunuz",
        "stresle nasıl başa çıkıyorsunuz",
        "vardiyalı çalışabilir misiniz",
        "kaç yıldır bu işi yapıyorsunuz",
        "güçlü yönleriniz nelerdir",
        "bir örnek verebilir misiniz",
        "sorunuz var mı",
        "hangi programları kullanıyorsunuz",
        "önceki işinizden niçin ayrıldınız",
        "ehliyetiniz var mı",
        "zor bir müşteriyle karşılaştınız mı hiç",
        "bu ilanı nereden gördünüz",
        "ne zaman başlayabilirsiniz",
        "takım çalışmasını sever misiniz",
        "maaş beklentiniz nedir",
        "bize son projenizi anlatın",
        "hatanızı nasıl düzelttiniz",
        "ingilizceniz nasıl",
        "seyahat etmeye uygun musunuz",
        "kim size yardım etti",
    ],
}
TOLD = {
    "ru": [
        "как вы знаете я работал там три года",
        "я не знаю есть ли у них такая система",
        "когда вы работаете с людьми нужно слушать",
        "что касается моего опыта он небольшой",
        "я, знаете ли, люблю порядок",
        "вряд ли я бы согласился",
        "то ли два то ли три года",
        "мы проверяли работает ли система",
        "как только я пришёл меня назначили",
        "почему-то никто этого не делал",
        "какой бы ни была задача я её решаю",
        "когда я пришёл было трудно",
        "мне трудно сказать смогу ли я",
        "сколько бы ни платили я бы не ушёл",
        "чуть ли не каждый день мы оставались",
        "чому так сталося я не знаю",
        "не знам дали има такава система",
        "едва ли это было возможно",
        "я спросил начальника можно ли уйти раньше",
        "как я уже сказал это было сложно",
        "что бы ни случилось я остаюсь спокоен",
        "где бы я ни работал меня ценили",
        "откуда это взялось мы так и не узнали",
        "почему это важно понятно каждому",
        "если вы спросите моих коллег они скажут то же",
        "чем больше опыта тем легче",
        "какие-то проблемы были всегда",
        "расскажу немного о себе",
        "опишу один случай",
        "видите ли у нас был маленький отдел",
        "как правило я работаю один",
        "когда клиент злится вы должны молчать",
        "знаешь ли ты это было нелегко",
    ],
    "tr": [
        "geldi mi hemen işe başlardı",
        "doğru mu yaptım bilmiyorum",
        "nasıl yapılacağını biliyorsunuz",
        "ne zaman isterseniz arayabilirsiniz",
        "ne olursa olsun çalıştım",
        "kimse bana yardım etmedi",
        "müdürüm bana hazır mısın diye sordu",
        "nasıl olsa öğrenirim dedim",
        "güzel mi güzel bir ofisti",
        "nerede çalıştığımı söylemiştim",
        "neden bilmiyorum ama çok sevdim",
        "zor muydu evet zordu",
        "ne yapacağımı biliyordum",
        "müşteri aradı mı cevap vermek zorundasınız",
        "ne kadar çalışırsanız o kadar kazanırsınız",
        "gelip gelmeyeceğini bilmiyordum",
        "hangisi daha iyi karar veremedim",
        "kaç kişi olduğumuzu hatırlamıyorum",
        "ne de olsa tecrübeliydim",
        "acaba olur mu diye düşündüm",
        "nasıl çalıştığımızı gördünüz",
        "yapabilir miyim bilmiyordum ama denedim",
        "kimi zaman geç saatlere kadar kalıyorduk",
        "ne iş olsa yaparım",
        "neyse ki kimse zarar görmedi",
    ],
}
PAIRS = pairs(ASKED)
STATEMENTS = pairs(TOLD)


@pytest.mark.parametrize(("code", "text"), PAIRS)
def test_a_question_or_request_without_marks_is_found(code: str, text: str) -> None:
    assert asks(text, code)


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("uk", "чому ви хочете працювати саме у нас"),
        ("uk", "розкажіть трохи про себе"),
        ("bg", "защо искате да работите при нас"),
        ("bg", "имате ли опит с клиенти"),
    ],
)
def test_ukrainian_and_bulgarian_may_be_stated_by_their_own_codes(code: str, text: str) -> None:
    assert asks(text, code)


@pytest.mark.parametrize(("code", "text"), STATEMENTS)
def test_a_statement_is_none(code: str, text: str) -> None:
    assert not asks(text, code)


@pytest.mark.parametrize(
    "text", ["ta pr\u00e1ce l\u00edbila se mi", "era importante para mi", "non lo so mi"]
)
def test_the_turkish_particle_is_not_looked_for_in_an_unknown_language(text: str) -> None:
    assert not asks_elsewhere(text)
