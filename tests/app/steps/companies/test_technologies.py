"""Which technologies a page about work names as the company's own."""

from __future__ import annotations

import pytest

from tests.app.steps.companies.site_pages import read
from worker.companies.technologies import technologies_in, technologies_named


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Full-stack Clojure/Elixir/Erlang developer", {"Clojure", "Elixir", "Erlang"}),
        ("Cloud (AWS/Azure/GCP)", {"AWS", "Azure", "GCP"}),
        ("Spark/Cassandra/Kafka pipelines", {"Spark", "Cassandra", "Kafka"}),
        ("React.Js, Angular.Js and Node.Js", {"React", "Angular", "Node.js"}),
        ("HTML5 and CSS3", {"HTML", "CSS"}),
        ("C/C++ on Linux", {"C", "C++", "Linux"}),
        ("Python3 and Django", {"Python", "Django"}),
        ("We write Go and Rust.", {"Go", "Rust"}),
        ("Ruby on Rails", {"Ruby on Rails"}),
        ("React Native apps", {"React Native"}),
        ("Java 17, Spring Boot 3.x, postgres", {"Java", "Spring Boot", "PostgreSQL"}),
        ("Python-Entwickler mit Erfahrung in Go", {"Python", "Go"}),
        ("Vue3 / Nuxt.js / nodejs", {"Vue", "Nuxt", "Node.js"}),
        ("ASP.NET Core; Entity Framework", {"ASP.NET", "Entity Framework"}),
        ("Engineers write VB.NET and SQL", {"VB.NET", "SQL"}),
        ("Engineers write F#.NET, C#.NET and SQL", {"F#", "C#", "SQL"}),
        ("ADO.NET/ML.Net, Visual Basic.NET", {"ADO.NET", "ML.NET", "VB.NET"}),
        ("Objective C or Swift", {"Objective-C", "Swift"}),
        ("技術: Go, Kubernetes", {"Go", "Kubernetes"}),
        ("Опыт с Python и Kafka", {"Python", "Kafka"}),
        ("Golang microservices on k8s", {"Go", "Kubernetes"}),
        ("Our services run on Node 20 and Express", {"Node.js", "Express"}),
        ("Angular17 + RxJS", {"Angular", "RxJS"}),
        ("Apache Kafka/Apache Flink on Debian", {"Kafka", "Flink", "Debian"}),
    ],
)
def test_a_technology_is_found_in_lists_with_versions_and_in_other_spellings(
    text: str, names: set[str]
) -> None:
    assert set(technologies_in(text)) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("We don't use PHP. We use Python.", {"Python"}),
        ("We moved from Java to Kotlin.", {"Kotlin"}),
        ("We aren't a Java shop.", set()),
        ("Our customers connect Salesforce and SAP to it.", set()),
        ("We compete with Databricks and Snowflake.", set()),
        ("Please enable JavaScript to see this page.", set()),
        ("Cookies: Cloudflare sets one, Vercel counts visits.", set()),
        ("Spring 2027 internship: Python", {"Python"}),
        ("Express your interest: Java", {"Java"}),
        ("Python is not required but Java is.", {"Java"}),
        ("We replaced Jenkins with GitHub Actions.", {"GitHub Actions"}),
        ("We've dropped Angular in favour of React.", {"React"}),
        ("We swapped Heroku for Kubernetes.", {"Kubernetes"}),
        ("No more Perl: everything is Python now.", {"Python"}),
        ("We moved off Heroku to Kubernetes.", {"Kubernetes"}),
        ("In the early days we ran everything on Perl.", set()),
        ("Competitors still rely on COBOL.", set()),
        ("Our predecessor system was written in COBOL.", set()),
        ("The old site ran on WordPress.", set()),
        ("Customers can plug in Tableau.", set()),
        ("Our app works with Salesforce and SAP.", set()),
        ("Our consultants implement SAP for mills.", set()),
        ("We'd rather use Rust than C++.", {"Rust"}),
        ("Wir wechseln gerade von Java zu Kotlin.", {"Kotlin"}),
        ("A tool like Tableau, but for mills.", set()),
        ("Import your data from Excel or Salesforce.", set()),
        ("Nasi klienci używają Salesforce.", set()),
        ("We prefer PostgreSQL to MySQL.", {"PostgreSQL"}),
        ("We prefer to write Rust.", {"Rust"}),
        ("Kein Java, kein PHP: wir schreiben Rust.", {"Rust"}),
        ("Abbiamo lasciato PHP per Go.", {"Go"}),
        ("Вместо Jenkins мы используем GitLab CI.", {"GitLab CI"}),
        ("Many banks use COBOL.", set()),
        ("Nous avons abandonné PHP au profit de Go.", {"Go"}),
        ("Hemos migrado de Angular a React.", {"React"}),
        ("Siamo passati da Java a Kotlin.", {"Kotlin"}),
        ("Migramos de Java para Kotlin.", {"Kotlin"}),
        ("We zijn overgestapt van Java naar Kotlin.", {"Kotlin"}),
        ("Vi har bytt ut Java mot Kotlin.", {"Kotlin"}),
        ("Vi er gået fra Java til Kotlin.", {"Kotlin"}),
        ("Przeszliśmy z Javy na Kotlin.", {"Kotlin"}),
        ("Мы перешли с Java на Kotlin.", {"Kotlin"}),
        ("PHPからGoに移行しました。", {"Go"}),
        ("Wir verwenden kein PHP, sondern Python.", {"Python"}),
        ("Wir sind von Perl auf Python umgestiegen.", {"Python"}),
        ("Nous n'utilisons plus Java mais Kotlin.", {"Kotlin"}),
        ("Ya no usamos PHP, pero sí Django.", {"Django"}),
        ("Niet langer Jenkins: we gebruiken geen Java.", set()),
        ("Мы не используем PHP.", set()),
        ("PHPは使いません。Pythonを使います。", {"Python"}),
        ("Unsere Kunden nutzen SAP.", set()),
        ("Bitte aktivieren Sie JavaScript.", set()),
        ("Instead of Kafka we run NATS.", {"NATS"}),
        ("We used to write Perl.", set()),
        ("R&D and C-level people go to Unity Road.", set()),
    ],
)
def test_what_is_denied_left_behind_or_somebody_elses_is_not_counted(
    text: str, names: set[str]
) -> None:
    assert set(technologies_in(text)) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Not only Python, Kubernetes too.", {"Python", "Kubernetes"}),
        ("No matter who you are: we use Python.", {"Python"}),
        ("You work with Docker, Helm and Terraform.", {"Docker", "Helm", "Terraform"}),
        ("Nicht nur Java, auch Kotlin.", {"Java", "Kotlin"}),
        ("Migration to AWS, from on-premises servers.", {"AWS"}),
    ],
)
def test_a_denying_word_about_something_else_hides_nothing(text: str, names: set[str]) -> None:
    assert set(technologies_in(text)) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Many of our customers use SAP, and we left Perl behind in 2019.", set()),
        ("We left Perl for good.", set()),
        ("We gave up on Jenkins years ago. We run NATS.", {"NATS"}),
        ("We used Oracle at the old office.", set()),
        ("We have used Python since 2010.", {"Python"}),
        ("Until 2021 the site ran on WordPress.", set()),
        ("Viele unserer Kunden nutzen noch SAP, und wir schreiben Python.", {"Python"}),
        ("PHP haben wir 2019 abgeschafft.", set()),
        ("Damals schrieben wir Perl.", set()),
        ("Nos anciens clients utilisent SAP, et nous écrivons du Python.", {"Python"}),
        ("Nous avons abandonné PHP en 2019.", set()),
        ("Muchos de nuestros clientes usan SAP, y nosotros dejamos PHP en 2019.", set()),
        ("Antigamente usávamos Perl.", set()),
        ("Abbiamo lasciato Jenkins e usavamo Perl.", set()),
        ("Wielu naszych klientów używa Oracle, a my porzuciliśmy MongoDB.", set()),
        ("Vi använde Perl.", set()),
        ("Мы отказались от Oracle. Клиенты наших партнёров любят SAP.", set()),
        ("Müşterilerimizin çoğu SAP kullanıyor.", set()),
        ("以前はPerlを使っていました。今はKotlinです。", {"Kotlin"}),
    ],
)
def test_what_was_left_or_what_customers_use_is_not_counted_in_any_language(
    text: str, names: set[str]
) -> None:
    assert set(technologies_in(text)) == names


def test_a_sentence_that_an_editor_wrapped_is_read_as_one() -> None:
    page = (
        "<title>Jobs</title><main><h1>Jobs</h1><p>\n  Many of our customers still\n"
        "   use Oracle. In the office we run\n Python.</p><pre>Go\nRust</pre></main>"
    )
    source = read(page, "/careers").source
    assert [one.name for one in technologies_named([source])] == ["Python"]
    assert "Many of our customers still use Oracle." in source.text
    assert "Go\nRust" in source.text


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (
            "We run Python on Linux, and the benches are driven by Rust.",
            {"Python", "Linux", "Rust"},
        ),
        ("Wir arbeiten mit Django, und die Stände laufen mit Go.", {"Django", "Go"}),
        ("Join us in Spring with Python experience.", {"Python"}),
        ("The benches are driven by Rust.", set()),
        ("Python helps us to Express what we mean.", {"Python"}),
    ],
)
def test_an_ordinary_word_in_the_place_of_a_tool_counts_beside_a_sure_name(
    text: str, names: set[str]
) -> None:
    assert set(technologies_in(text)) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Nous concevons des avions et développons en Python et Rust.", {"Python", "Rust"}),
        ("Bis 2090 entwickeln wir alles mit Rust und Python.", {"Python", "Rust"}),
        ("Do 2090 roku piszemy w Python.", {"Python"}),
        ("Our team had the idea to build it with Python and Django.", {"Python", "Django"}),
        ("Teníamos ganas de escribir Python, y nos gusta Django.", {"Python", "Django"}),
        ("Python, which we ran in production from day one, runs on AWS.", {"Python", "AWS"}),
        ("We used Python from the start.", {"Python"}),
        ("We used Perl and now write Kotlin.", {"Kotlin"}),
        ("Wir nutzten Perl und heute schreiben wir Kotlin.", {"Kotlin"}),
        ("We had Perl at the old office.", set()),
        ("Avant, nous avions Perl partout.", set()),
        ("Bis 2019 lief alles auf Oracle.", set()),
        ("Since 2010 we have abandoned Perl.", set()),
    ],
)
def test_a_word_of_the_past_hides_only_what_is_over(text: str, names: set[str]) -> None:
    assert set(technologies_in(text)) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Java wurde durch Kotlin ersetzt.", {"Kotlin"}),
        ("Wir haben Java durch Kotlin ersetzt.", {"Kotlin"}),
        ("Perl und PHP wurden 2019 durch Kotlin abgelöst.", {"Kotlin"}),
        ("Wir ersetzten Java durch Kotlin.", {"Kotlin"}),
        ("Hemos sustituido Java por Kotlin.", {"Kotlin"}),
        ("Java fue reemplazado por Kotlin.", {"Kotlin"}),
        ("PHP was replaced with Kotlin.", {"Kotlin"}),
        ("PHP has been replaced by Kotlin and Django.", {"Kotlin", "Django"}),
        ("Kotlin replaced PHP.", {"Kotlin"}),
        ("We write Python and PHP was replaced by Kotlin.", {"Python", "Kotlin"}),
        ("Java a été remplacé par Kotlin.", {"Kotlin"}),
        ("Nous avons remplacé Java par Kotlin.", {"Kotlin"}),
        ("Java è stato sostituito da Kotlin.", {"Kotlin"}),
        ("Java foi substituído por Kotlin.", {"Kotlin"}),
        ("Java is vervangen door Kotlin.", {"Kotlin"}),
        ("We hebben Java vervangen door Kotlin.", {"Kotlin"}),
        ("Vi har ersatt Java med Kotlin.", {"Kotlin"}),
        ("Java ersattes av Kotlin.", {"Kotlin"}),
        ("Мы заменили Java на Kotlin.", {"Kotlin"}),
        ("Java yerine Kotlin kullanıyoruz.", {"Kotlin"}),
        ("Java ではなく Kotlin を使っています。", {"Kotlin"}),
        ("Java ではなく Kotlin、Perl ではなく Python を使っています。", {"Kotlin", "Python"}),
        ("Java から Kotlin に移行しました。", {"Kotlin"}),
        ("Java 대신 Kotlin을 씁니다.", {"Kotlin"}),
        ("我们用 Kotlin 取代了 Java。", {"Kotlin"}),
    ],
)
def test_of_two_sides_of_a_replacement_only_the_new_one_is_used(text: str, names: set[str]) -> None:
    assert set(technologies_in(text)) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("We use Python, not Java.", {"Python"}),
        ("We use Python and no Java.", {"Python"}),
        ("We use Python without Java.", {"Python"}),
        ("No Java, just Python.", {"Python"}),
        ("Usamos Python…; nada de PHP.", {"Python"}),
        ("Usamos Python, nada de PHP.", {"Python"}),
        ("Wir schreiben Python, kein PHP.", {"Python"}),
        ("Nous écrivons du Python, pas de PHP.", {"Python"}),
        ("Piszemy w Python, nie w PHP.", {"Python"}),
        ("Мы пишем на Python, не на PHP.", {"Python"}),
        ("PHP, no longer used here.", set()),
        ("PHP, nicht mehr im Einsatz.", set()),
        ("PHP, Perl and Java are not used.", set()),
        ("We use no PHP, Perl or Java.", set()),
    ],
)
def test_a_denial_hides_what_it_denies_and_no_more(text: str, names: set[str]) -> None:
    assert set(technologies_in(text)) == names
