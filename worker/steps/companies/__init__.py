"""The steps of company research."""

from worker.steps.companies.analyse import (
    FACTS_VERSION,
    MAX_POSTING,
    POSTING_CUT,
    ROLE_VERSION,
    analyse,
    no_analysis,
    no_preparation,
    prepare_for_role,
)
from worker.steps.companies.brief import (
    Brief,
    Found,
    Request,
    profile_of,
    proven_names,
    settle,
)
from worker.steps.companies.find_site import FoundSite, find_site, no_site
from worker.steps.companies.identity import home_of, normalised_name, shared_key, site_key
from worker.steps.companies.model_answer import Analysis, RoleAnalysis
from worker.steps.companies.open_source import OpenSource, no_github, search_github
from worker.steps.companies.own_links import OwnLinks
from worker.steps.companies.posting import Posting, posting_source
from worker.steps.companies.profile import PROFILE_VERSION, Coverage, Profile
from worker.steps.companies.website import (
    Website,
    no_website,
    nothing_more,
    scrape_more,
    scrape_website,
)

__all__ = [
    "FACTS_VERSION",
    "MAX_POSTING",
    "POSTING_CUT",
    "PROFILE_VERSION",
    "ROLE_VERSION",
    "Analysis",
    "Brief",
    "Coverage",
    "Found",
    "FoundSite",
    "OpenSource",
    "OwnLinks",
    "Posting",
    "Profile",
    "Request",
    "RoleAnalysis",
    "Website",
    "analyse",
    "find_site",
    "home_of",
    "no_analysis",
    "no_github",
    "no_preparation",
    "no_site",
    "no_website",
    "normalised_name",
    "nothing_more",
    "posting_source",
    "prepare_for_role",
    "profile_of",
    "proven_names",
    "scrape_more",
    "scrape_website",
    "search_github",
    "settle",
    "shared_key",
    "site_key",
]
