"""The pipelines of this project, and the service that they use."""

from jobs.typesetter import open_services

services = open_services
