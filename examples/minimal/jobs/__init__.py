"""A package of pipelines. `services` is the function with which a worker opens their service."""

from jobs.typesetter import open_services

services = open_services
