"""Researches companies: on request, and again at night before an interview."""

from worker.checks import check_services
from worker.services.opening import open_services

services = open_services
checks = (check_services,)
