"""The pipelines of this project, and the service that they share."""

from jobs.typesetter import open_services

services = open_services
