"""How exactly postings are read: a labelled corpus, rendered from data in many forms."""
