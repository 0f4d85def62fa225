"""Words for what every company has, so that advice may speak of it without a source."""

from __future__ import annotations

HAD_BY_ALL = frozenset({
    "mission", "vision", "values", "value", "culture", "products", "product", "services", "service",
    "offerings", "offering", "website", "site", "page", "pages", "blog", "competitors",
    "competitor", "competition", "industry", "market", "markets", "news", "customers", "customer",
    "clients", "client", "users", "user", "history", "story", "goals", "goal", "strategy",
    "business", "model", "team", "teams", "people", "staff", "employees", "leadership", "leaders",
    "management", "founders", "founder", "ceo", "interviewers", "interviewer", "role", "roles",
    "job", "jobs", "position", "posting", "description", "needs", "need", "challenges", "challenge",
    "problems", "problem", "priorities", "work", "projects", "project", "approach", "process",
    "processes", "practices", "practice", "tools", "tool", "stack", "tech", "technology",
    "technologies", "technical", "software", "systems", "system", "platform", "data", "code",
    "engineering", "development", "hiring", "interview", "questions", "answers", "expectations",
    "standards", "policies", "benefits", "pay", "salary", "range", "growth", "future", "plans",
    "success", "performance", "style", "size", "structure", "organisation", "organization",
    "office", "offices", "location", "locations", "partners", "suppliers", "reputation", "brand",
    "reviews", "profile", "profiles", "social", "media", "channels", "presence", "linkedin",
    "github", "open", "source", "recent", "latest", "current", "main", "key", "core", "biggest",
    "typical", "usual", "everyday", "day-to-day", "daily", "overall", "long-term", "short-term",
    "next", "most", "important", "own", "new", "different", "specific", "public", "field", "area",
    "areas", "sector", "target", "audience", "impact", "time", "day", "week", "experience",
    "background", "backgrounds", "name", "names", "attention", "decisions", "decision",
    "communication", "feedback", "onboarding", "training", "support", "safety", "quality",
    "security", "design", "sales", "marketing", "workflow", "workflows", "rota", "shifts", "shift",
    "patients", "patient", "pupils", "students", "guests", "materials", "announcements", "press",
    "releases", "articles", "achievements", "ways", "way", "requirements", "purpose", "side",
    "point", "view", "perspective", "best", "strengths", "weaknesses", "limits", "department",
    "departments", "colleagues", "manager", "managers", "career", "careers", "skills", "context",
    "domain", "environment", "scale",
})  # fmt: skip
PHRASE_ENDS = frozenset({
    "and", "or", "of", "in", "on", "at", "to", "for", "from", "with", "by", "about", "as", "before",
    "after", "during", "into", "is", "are", "was", "were", "be", "that", "which", "who", "when",
    "where", "how", "why", "what", "if", "so", "but", "than", "then", "like", "you", "your", "do",
    "does", "did", "can", "could", "will", "would", "should", "may", "might", "has", "have", "had",
    "over", "under", "between", "through", "without", "within", "across", "because", "since",
    "look", "looks", "work", "works", "mean", "means", "matter", "matters", "fit", "fits",
    "carefully", "closely", "well", "beforehand", "online", "first", "too", "there", "here", "not",
    "change",
})  # fmt: skip
