"""The names of technologies, and other spellings of some.

Names in `WORDS` have other meanings too, so they need evidence.
"""

from __future__ import annotations

# Names that are found in any case of letters: they are hardly ever other words.
ANY_CASE = (
    "Python", "JavaScript", "TypeScript", "Kotlin", "Clojure", "Erlang", "Elixir", "Haskell",
    "MATLAB", "Fortran", "COBOL", "Objective-C", "Objective C", "ABAP", "PL/SQL", "T-SQL", "VBA",
    "GraphQL", "VB.NET", "ADO.NET", "ML.NET", "Visual Basic",
    "gRPC", "WebSocket", "WebRTC", "Django", "FastAPI", "NestJS", "Next.js", "Nuxt.js", "Node.js",
    "Vue.js", "React.js", "React Native", "Express.js", "Three.js", "D3.js", "Ember.js",
    "AngularJS", "jQuery", "Redux", "Ruby on Rails", "Laravel", "Symfony", "CodeIgniter",
    "Spring Boot", "ASP.NET", ".NET Core", ".NET Framework", "Entity Framework", "Hibernate",
    "PostgreSQL", "Postgres", "MySQL", "MariaDB", "MongoDB", "SQLite", "SQL Server", "NoSQL",
    "Redis", "Elasticsearch", "OpenSearch", "ClickHouse", "DynamoDB", "BigQuery", "Redshift",
    "Databricks", "Supabase", "Firebase", "Firestore", "Neo4j", "InfluxDB", "TimescaleDB",
    "CouchDB", "Memcached", "RabbitMQ", "ActiveMQ", "Kubernetes", "Terraform", "Ansible",
    "Jenkins", "GitHub Actions", "GitLab CI", "GitLab", "GitHub", "Bitbucket", "CircleCI",
    "ArgoCD", "OpenShift", "Prometheus", "Grafana", "Datadog", "OpenTelemetry", "CloudFormation",
    "Google Cloud Platform", "Google Cloud", "Amazon Web Services", "Microsoft Azure",
    "DigitalOcean", "Cloudflare", "Heroku", "Vercel", "Netlify", "PyTorch", "TensorFlow",
    "scikit-learn", "NumPy", "OpenCV", "LangChain", "Hugging Face", "OpenAI", "Power BI",
    "Tailwind CSS", "TailwindCSS", "Bootstrap", "WebAssembly", "SwiftUI", "Jetpack Compose",
    "Unreal Engine", "Unity3D", "VHDL", "SystemVerilog", "FreeRTOS", "WordPress", "Drupal",
    "Magento", "Shopify", "WooCommerce", "TYPO3", "Salesforce", "ServiceNow", "S/4HANA",
    "SolidWorks", "AutoCAD", "Cypress.io", "Playwright", "JUnit", "Dockerfile", "HTML5", "CSS3",
    "ReactJS", "NodeJS", "VueJS", "NextJS", "NuxtJS", "ExpressJS", "JSON", "GitLab-CI",
    "Photoshop", "InDesign", "WASM", "WebGPU", "RxJS", "RxJava", "tRPC", "Prisma ORM",
    "SvelteKit", "SolidJS",
    "Zustand",
    "Pinia", "Vitest", "Storybook", "Celery", "SQLAlchemy", "Pydantic", "PL/pgSQL", "PostGIS",
    "QGIS",
    "ArcGIS", "Apache Beam", "Apache Flink", "Apache Spark", "Apache Kafka", "Apache Airflow",
    "Trino",
    "Dagster", "MLflow", "Kubeflow", "SageMaker", "Vertex AI", "Spring Cloud", "Quarkus",
    "Micronaut",
    "Ktor", "Akka", "Blazor", "WinForms", "Windows Forms", "Tauri", "LiveView", "Hasura", "Strapi",
    "Directus", "New Relic", "PagerDuty", "Istio", "Linkerd", "Traefik", "HAProxy", "Keycloak",
    "MinIO", "FluxCD", "TeamCity", "Travis CI", "Buildkite", "Bazel", "CMake", "Yocto", "STM32",
    "Arduino", "Raspberry Pi", "LabVIEW", "Simulink", "SPSS", "SharePoint", "NetSuite", "Debian",
    "Ubuntu", "FreeBSD", "Red Hat Enterprise Linux", "Proxmox", "VMware", "Azure DevOps",
    "Argo CD", "ScyllaDB", "CockroachDB", "ArangoDB", "DuckDB", "Pinecone", "Weaviate", "Qdrant",
    "k8s", "Hono.js", "Socket.IO", "Puppeteer", "Godot", "OpenGL", "WebGL", "Vulkan API", "Phalcon",
    "Shopware", "PrestaShop", "Contentful", "OpenStack", "Nextcloud", "SAPUI5", "SAP HANA",
)  # fmt: skip

# Found only in this case of letters: "java" or "git" may be something else.
EXACT = (
    "Java", "Scala", "Ruby", "PHP", "Golang", "Perl", "Julia", "C++", "C#", "F#", "SQL", "HTML",
    "CSS", "XML", "Sass", "SCSS", "REST", "Verilog", "Angular", "Svelte", "Nuxt",
    "React JS", "Node JS",
    ".NET", "dotnet", "Snowflake", "Cassandra", "Kafka", "NATS", "Docker", "Helm", "AWS", "GCP",
    "Azure", "Linux", "Unix", "Airflow", "dbt", "Tableau", "Looker", "Figma", "CUDA", "SAP", "ROS",
    "ROS 2", "ROS2", "Kibana", "Logstash", "Splunk", "Hadoop", "Hive", "Pandas", "Keras", "Qt",
    "iOS", "Android", "Git", "Jira", "Confluence", "Nginx", "NGINX", "Solr", "Groovy", "Maven",
    "Gradle", "Webpack", "Vite", "Jest", "Cypress", "Selenium", "Pulumi", "Vault", "S3", "EC2",
    "RDS", "OCaml", "Lua", "Ionic", "Xamarin", "Oracle", "DB2", "MSSQL", "Odoo", "LLVM", "Bash",
    "PowerShell", "CATIA", "PLC", "OPC UA", "MQTT", "CAN bus", "RTOS", "FPGA", "LLM", "LLMs",
)  # fmt: skip

# Names that are ordinary words or other names too, or a single letter.
WORDS = (
    "Go", "Rust", "Swift", "React", "Rails", "Spring", "Spark", "Flask", "Flutter", "Dart", "Vue",
    "Express", "Unity", "R", "C", "Node", "Ember", "Crystal", "Nim", "Zig", "Beam", "Flink",
    "Delphi", "Pascal", "Sketch", "Blender", "Excel", "Phoenix", "Gin", "Echo", "Storm", "Ant",
    "Puppet", "Chef", "Salt", "Consul", "Nomad", "Elm", "Solidity", "Access",
)  # fmt: skip

SPELLINGS = {
    "postgres": "PostgreSQL", "golang": "Go", "reactjs": "React", "react js": "React",
    "react.js": "React", "vue.js": "Vue", "vuejs": "Vue", "nodejs": "Node.js", "node js": "Node.js",
    "node": "Node.js", "express.js": "Express", "expressjs": "Express", "angularjs": "Angular",
    "angular.js": "Angular", "ember.js": "Ember", "nextjs": "Next.js", "nuxtjs": "Nuxt",
    "nuxt.js": "Nuxt", "html5": "HTML", "css3": "CSS", "google cloud platform": "Google Cloud",
    "gcp": "GCP", "amazon web services": "AWS", "microsoft azure": "Azure", "dotnet": ".NET",
    "objective c": "Objective-C", "visual basic.net": "VB.NET",
    ".net core": ".NET", ".net framework": ".NET", "tailwindcss": "Tailwind CSS",
    "unity3d": "Unity", "ros2": "ROS 2", "nginx": "NGINX", "gitlab-ci": "GitLab CI",
    "k8s": "Kubernetes", "apache kafka": "Kafka", "apache spark": "Spark", "apache flink": "Flink",
    "apache airflow": "Airflow", "windows forms": "WinForms", "argo cd": "ArgoCD",
    "cypress.io": "Cypress", "dockerfile": "Docker", "mssql": "SQL Server", "llms": "LLM",
}  # fmt: skip
