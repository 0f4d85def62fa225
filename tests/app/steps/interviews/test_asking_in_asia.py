"""Korean and Japanese questions without marks are found, and statements like them are not."""

from __future__ import annotations

import pytest

from worker.interviews.phrases import asks, is_marked

KOREAN_QUESTIONS = [
    "왜 그만두셨어요",
    "장점이 뭐예요",
    "왜 지원하셨죠",
    "질문 있으세요",
    "어떤가요",
    "어디 사세요",
    "이 일을 어떻게 배우셨어요",
    "몇 명이에요",
    "언제 시작했어요",
    "왜 그 회사를 떠났어요",
    "결혼하셨어요",
    "야간에 일해 보셨나요",
    "어떻게 만들어지나요",
    "버스를 타나요",
    "몇 시에 오나요",
    "시간이 얼마나 걸리나요",
    "잘 아나요",
    "경험이 없나요",
    "어떤 점이 다른가요",
    "같이 갈까요",
    "무엇이 힘드세요",
    "야간 근무 괜찮으세요",
]
KOREAN_STATEMENTS = [
    "그 일이 생각나요",
    "저는 그때 정말 신나요",
    "매출이 늘어나요",
    "회의가 끝나요",
    "문제가 일어나요",
    "성과가 나타나요",
    "그 회사를 떠나요",
    "친구를 만나요",
    "기억나요",
    "화가 나요",
    "시간이 지나요",
    "냄새나요",
    "큰 소리나요",
    "자라나요",
    "왜 그런지 모르겠어요",
    "왜냐하면 시간이 없었어요",
    "사장님이 저를 부르셨어요",
    "수고하셨어요",
    "안녕히 계세요",
    "좋은 하루 되세요",
    "어떻게 하다 보니 들어왔어요",
    "뭐 괜찮아요",
    "언제나 그랬어요",
    "누구나 할 수 있어요",
    "아까 말씀하셨죠",
    "그 둘 중 하나요",
    "어떤 사람이 왔어요",
    "아까요",
    "어떻게 해야 할지 몰랐어요",
    "무슨 말인지 알아요",
    "학교에 안 가요",
    "잘하셨어요",
    "제 아버지가 의사이셨어요",
    "하루에 몇 시간 일했어요",
]
JAPANESE_REQUESTS = [
    "前の仕事について教えて",
    "志望動機を教えてください",
    "経歴を教えていただけますか",
    "理由をお聞かせください",
    "長所を教えていただけますでしょうか",
    "その話を教えてもらえませんか",
    "経験をお聞かせいただければと思います",
    "経歴を教えていただきたいのですが",
]
JAPANESE_STATEMENTS = [
    "新人に教えています",
    "子どもに英語を教えている",
    "教えていました",
    "先輩が教えてくれました",
    "学校で数学を教えてきました",
    "毎日教えております",
    "教えてあげます",
    "先生に教えてもらいます",
    "新人に教えておきます",
]


@pytest.mark.parametrize("sentence", KOREAN_QUESTIONS)
def test_the_end_of_a_korean_question_shows_it(sentence: str) -> None:
    assert asks(sentence, "ko")
    assert is_marked(sentence, "ko")


@pytest.mark.parametrize("sentence", KOREAN_STATEMENTS)
def test_a_korean_statement_with_a_like_end_asks_nothing(sentence: str) -> None:
    assert not asks(sentence, "ko")
    assert not is_marked(sentence, "ko")


@pytest.mark.parametrize("sentence", JAPANESE_REQUESTS)
def test_a_japanese_request_to_tell_is_one(sentence: str) -> None:
    assert asks(sentence, "ja")


@pytest.mark.parametrize("sentence", JAPANESE_STATEMENTS)
def test_a_japanese_statement_of_teaching_requests_nothing(sentence: str) -> None:
    assert not asks(sentence, "ja")
