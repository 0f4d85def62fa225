"""Turns a recording or a given transcript into quoted and scored questions.

transcript = await read_given(paragraphs)               # or fetch_audio … read_speech
roles = await find_roles(transcript, None)
spans = await find_questions(transcript, roles)
rows = [question_row(n, span, transcript, roles.roles, can_score=True) …]
judged = await ask_score(language_model, question_prompt(span, …))
row = with_score(row, weigh_score(judged, span, transcript, roles.roles))
"""

from worker.checks import check_services
from worker.services.opening import open_services

services = open_services
checks = (check_services,)
