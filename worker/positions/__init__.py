"""Turns the URL or the text of a job posting into the columns of its row. The main steps are:

draft = await read_posting(web, url)                    # or: await extract_from_text(text)
answer = await ask_model(language_model, missing(draft), draft.text)
merged = merge(draft, weigh_answer(draft, answer))
position = finish(with_logo(merged, await find_logo(web, logo_hints(merged))))
"""

from worker.checks import check_services
from worker.services.opening import open_services

services = open_services
checks = (check_services,)
