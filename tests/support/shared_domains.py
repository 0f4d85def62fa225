"""Domains under which anybody can have a site, by how the public suffix list treats them."""

from __future__ import annotations

# Services that give each customer a subdomain but are not in the list.
UNLISTED = (
    "zendesk.com", "substack.com", "slack.com", "atlassian.net", "tumblr.com", "livejournal.com",
    "freshdesk.com", "intercom.help", "helpscoutdocs.com", "statuspage.io", "salesforce.com",
    "sharepoint.com", "hubspot.com", "uservoice.com", "typeform.com", "mystrikingly.com",
    "wikidot.com", "fandom.com", "bandcamp.com", "teachable.com", "thinkific.com", "podia.com",
    "gumroad.com", "bigcartel.com", "jimdo.com", "zoho.com",
    "workable-careers.com",
)  # fmt: skip

# Services in the list's private section: each name under them counts as a registered domain.
LISTED = (
    "github.io", "gitlab.io", "netlify.app", "vercel.app", "pages.dev", "herokuapp.com",
    "blogspot.com", "myshopify.com", "web.app", "firebaseapp.com", "fly.dev", "onrender.com",
    "yolasite.com",
)  # fmt: skip
