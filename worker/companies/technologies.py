"""Technologies that a page names, found without a model.

A page about jobs names technologies in lists; a text about something else may use the same
words. So a name counts only on pages about careers and engineering, and only if it is written
as its makers write it. A name that is also an English word (`Go`) counts only if another name
that is not one stands beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from worker.companies.profile import ReadSource, Technology

PAGES = frozenset({"careers", "engineering", "posting"})
_PLAIN = (
    "Python", "JavaScript", "TypeScript", "Java", "Kotlin", "Scala", "Ruby", "PHP", "Golang",
    "Haskell", "Clojure", "Erlang", "Elixir", "Perl", "MATLAB", "Fortran", "COBOL", "C++", "C#",
    "F#", "Objective-C", "VHDL", "Verilog", "SQL", "HTML", "CSS", "GraphQL", "gRPC", "Django",
    "FastAPI", "Node.js", "NestJS", "Next.js", "Vue.js", "Angular", "React Native", "ReactJS",
    "Svelte", "jQuery", "Ruby on Rails", "Laravel", "Symfony", "Spring Boot", "ASP.NET", ".NET",
    "PostgreSQL", "Postgres", "MySQL", "MariaDB", "MongoDB", "SQLite", "Redis", "Elasticsearch",
    "OpenSearch", "Cassandra", "ClickHouse", "DynamoDB", "BigQuery", "Snowflake", "Databricks",
    "Supabase", "Firebase", "Neo4j", "Kafka", "RabbitMQ", "NATS", "Kubernetes", "Docker",
    "Terraform", "Ansible", "Helm", "Jenkins", "GitHub Actions", "GitLab", "CircleCI", "ArgoCD",
    "Prometheus", "Grafana", "Datadog", "OpenTelemetry", "AWS", "GCP", "Google Cloud", "Azure",
    "Cloudflare", "Heroku", "Vercel", "Linux", "PyTorch", "TensorFlow", "scikit-learn", "NumPy",
    "Airflow", "dbt", "Tableau", "Power BI", "Looker", "LangChain", "OpenAI", "Figma",
    "Tailwind CSS", "WebAssembly", "ROS 2", "OpenCV", "CUDA", "Salesforce", "SAP", "Unity3D",
    "Unreal Engine", "SwiftUI",
)  # fmt: skip
_ALSO_WORDS = (
    "Go", "Rust", "Swift", "React", "Rails", "Spring", "Spark", "Flask", "Flutter", "Dart", "Vue",
    "Express", "Unity", "R",
)  # fmt: skip
_EDGE = r"(?<![\w.+#/-]){}(?![\w+#]|\.\w|-\w)"


def _any_of(names: Iterable[str]) -> str:
    longest_first = sorted(names, key=len, reverse=True)
    return _EDGE.format(f"(?:{'|'.join(map(re.escape, longest_first))})")


_SURE, _WORDS = re.compile(_any_of(_PLAIN)), re.compile(_any_of(_ALSO_WORDS))
_SAME = {"Postgres": "PostgreSQL", "Golang": "Go", "ReactJS": "React", "Vue.js": "Vue"}
_DENIES = re.compile(r"\b(?:not|no|never|without|moved away|instead of|replaced)\b", re.IGNORECASE)


def technologies_named(sources: Iterable[ReadSource]) -> tuple[Technology, ...]:
    """Each technology with the ids of all sources that name it."""
    found: dict[str, dict[str, None]] = {}
    kinds: dict[str, str] = {}
    for source in sources:
        if source.page not in PAGES:
            continue
        for name in _in_text(source.text):
            found.setdefault(name, {}).setdefault(source.id)
            kinds.setdefault(name, "posting" if source.kind == "posting" else "site")
    return tuple(
        Technology(
            name=name,
            evidence=tuple(ids),
            basis="posting" if kinds[name] == "posting" else "site",
        )
        for name, ids in found.items()
    )


def _in_text(text: str) -> list[str]:
    names: dict[str, None] = {}
    for line in re.split(r"\n|(?<=[.!?])\s", text):
        if _DENIES.search(line):
            continue
        sure = _SURE.findall(line)
        matches = [*sure, *(_WORDS.findall(line) if sure else [])]
        names.update(dict.fromkeys(_SAME.get(name, name) for name in matches))
    return list(names)
