"""The steps of company research."""

from worker.checks import check_services
from worker.services.opening import open_services

services = open_services
checks = (check_services,)
