"""Words in the addresses and labels of pages that tell about a company, in many languages.

Latin words have no accents, as in addresses. A final `*` stands for any ending.
"""

from __future__ import annotations

KINDS: tuple[tuple[str, str], ...] = (
    (
        "about",
        "about about-us about-me about-the-company company our-company the-company companies"
        " corporate company-profile profile who-we-are what-we-do our-story our-history history"
        " mission vision our-mission ueber-uns uber-uns ueber uber unternehmen* firma firmenprofil"
        " wir-ueber-uns wir-uber-uns das-sind-wir wer-wir-sind leitbild qui-sommes-nous"
        " a-propos a-propos-de-nous entreprise l-entreprise societe la-societe notre-histoire"
        " notre-entreprise presentation nosotros sobre-nosotros quienes-somos acerca acerca-de"
        " acerca-de-nosotros empresa la-empresa nuestra-empresa nuestra-historia conocenos"
        " chi-siamo azienda l-azienda la-nostra-storia la-societa profilo-aziendale sobre"
        " sobre-nos sobre-a-empresa quem-somos a-empresa nossa-historia over-ons over wie-zijn-wij"
        " wie-we-zijn ons-bedrijf het-bedrijf om-oss om-os om-foretaget foretaget om-selskapet"
        " om-virksomheden virksomheden tietoa-meista meista yritys o-nas o-firmie o-spolecnosti"
        " o-spolocnosti o-firme kim-jestesmy kdo-jsme hakkimizda kurumsal biz-kimiz sirketimiz"
        " rolunk cegunk bemutatkozas despre-noi despre cine-suntem sxetika sxetika-me-emas etaireia"
        " poioi-eimaste tentang-kami tentang ve-chung-toi gioi-thieu za-nas o-nama meist par-mums"
        " bedrijf bedriften bedrifta yrityksesta yrityksemme a-ceg cegrol cegismerteto bizi-taniyin"
        " om-selskabet firman-historia la-compagnie la-compania quem-somos-nos"
        " lernen-sie-uns-kennen"
        " par-uznemumu kas-mes-esame om-firmaet var-historia vores-historie var-historie"
        " nasza-historia nase-historie apie-mus apie-imone pro-nas o-podjetju ettevottest"
        " o-kompanii o-kompanij kompaniya about-company kaisha company-info corporate-profile"
        " gaiyo kaisya gaiyou gongsi guanyu guanyu-women",
    ),
    (
        "products",
        "product* our-products produkt* unsere-produkte sortiment produit* nos-produits"
        " producto* nuestros-productos catalogo catalogue catalog katalog prodott*"
        " i-nostri-prodotti produto* nossos-produtos producten onze-producten assortiment"
        " produkter vara-produkter vores-produkter tuotteet tuote produkty nasze-produkty"
        " nase-produkty vyrobky urunler* urun urunlerimiz termekek termekeink produse"
        " produsele-noastre proionta proion produk san-pham produkti proizvodi produkciya"
        " sortimentti ons-assortiment izdelki tooted gaminiai produktai"
        " platform platforma plattform plateforme plataforma piattaforma apps our-apps games"
        " software shop store boutique tienda negozio loja winkel kauppa obchod sklep"
        " magazin seihin shohin chanpin brands our-brands marken unsere-marken marques nos-marques"
        " marcas nuestras-marcas nossas-marcas marchi i-nostri-marchi merken onze-merken varumarken"
        " vara-varumarken vores-maerker znacky nase-znacky marki nasze-marki markalar"
        " markalarimiz markak markaink brendy marci marcile-noastre"
        " range our-range product-range line-up lineup our-lineup collection* our-collections"
        " kollektion* unsere-kollektion* gamme* notre-gamme nos-gammes gama gamas nuestra-gama"
        " lineas nuestras-lineas coleccion* gamma la-nostra-gamma linee le-nostre-linee collezion*"
        " a-nossa-gama nossa-linha linhas colecao colecoes collectie* ons-aanbod valikoima"
        " valikoimamme udvalg vores-udvalg utvalg vart-utvalg asortyment kolekcj* kolekce kolekcia"
        " kinalat* koleksiyon* gama-de-produse colecti* assortiment* linejka",
    ),
    (
        "services",
        "service* our-services solution* features capabilities expertise what-we-offer"
        " leistung* unsere-leistungen dienstleistungen loesungen losungen angebot* prestations"
        " nos-services nos-solutions nos-prestations nos-expertises metiers servicio*"
        " nuestros-servicios soluciones servizi i-nostri-servizi soluzioni cosa-facciamo"
        " servico* nossos-servicos solucoes diensten onze-diensten oplossingen tjanster"
        " vara-tjanster losningar tjenester ydelser vores-ydelser losninger palvelut ratkaisut"
        " uslugi oferta nasze-uslugi sluzby nase-sluzby reseni riesenia hizmetler* hizmetlerimiz"
        " cozumler cozumlerimiz szolgaltatas* szolgaltatasaink megoldasok servicii"
        " serviciile-noastre solutii ypiresies lyseis layanan solusi dich-vu giai-phap usluge"
        " nasza-oferta co-nabizime co-ponukame savoir-faire was-wir-bieten wat-wij-bieden"
        " cosa-offriamo que-ofrecemos o-que-oferecemos vad-vi-erbjuder hvad-vi-tilbyder"
        " hva-vi-tilbyr"
        " ce-que-nous-offrons ce-que-nous-faisons wat-we-doen wat-wij-doen que-hacemos co-robimy"
        " co-delame"
        " was-wir-machen was-wir-tun vad-vi-gor hvad-vi-gor hva-vi-gjor o-que-fazemos mita-teemme"
        " pakalpojumi paslaugos teenused uslugite"
        " storitve resheniya jigyo fuwu yewu",
    ),
    (
        "engineering",
        "engineering technology technologies tech tech-stack stack developer* how-we-build"
        " technologie* technik technologia tecnologia* teknologi teknik teknologia"
        " tehnologie texnologia teknoloji* gijutsu jishu",
    ),
    (
        "careers",
        "career* poste-vacante posturi pracuj-z-nami pracujte* rejoin* jobbe-hos* jobba-hos*"
        " arbeiten-bei* arbeid-hos-oss arbejd-hos* tyoskentele* posao zaposlenje zaposlitev"
        " trabaja-en*"
        " working-at* work-at* life-at* wir-suchen* dolgozz* vakances bli-en-av-oss ons-team-zoekt*"
        " job jobs join join-us join-our-team hiring we-are-hiring vacanc* open-roles"
        " open-positions openings positions work-with-us work-at work-for-us working-at"
        " working-here work-here opportunities recruitment recruiting internships karriere*"
        " stellen* offene-stellen stellenangebote stellenanzeigen jobangebote ausbildung"
        " arbeiten-bei bei-uns-arbeiten mitarbeiten mitarbeit mitmachen bewerbung bewerben"
        " mitarbeiter-gesucht recrutement carriere* emploi*"
        " offres-d-emploi nous-rejoindre rejoignez-nous nous-recrutons travailler-chez-nous"
        " empleo* trabajo trabaja-con-nosotros trabaja trabaje-con-nosotros unete"
        " unete-al-equipo unete-a-nosotros ofertas-de-empleo bolsa-de-trabajo vacantes carrera*"
        " lavora-con-noi lavora posizioni-aperte opportunita carriera trabalhe-conosco"
        " trabalhe-connosco trabalha-connosco vagas carreira* junte-se-a-nos oportunidades"
        " vacature* werken-bij werken-bij-ons werkenbij karriar lediga-jobb jobba-hos-oss"
        " jobba-hos ledige-stillinger ledige-job jobb jobb-hos-oss stillinger bliv-en-del-af"
        " avoimet-tyopaikat tyopaikat toihin ura ura-meilla rekry kariera praca dolacz-do-nas"
        " oferty-pracy kariera-v prace volna-mista volne-pozice pracovni-nabidky"
        " pracovne-ponuky volne-miesta kariyer is-ilanlari insan-kaynaklari bize-katilin"
        " acik-pozisyonlar karrier allas allasok allasajanlatok cariere cariera locuri-de-munca"
        " angajari kariera-mas theseis-ergasias kariyera vakansi* vakansii rabota-u-nas rabota"
        " karir lowongan lowongan-kerja tuyen-dung posao karijera zaposlitev saiyo saiyou"
        " recruit zhaopin",
    ),
    (
        "values",
        "values our-values culture our-culture principles life-at* handbook how-we-work"
        " code-of-conduct werte unsere-werte kultur unternehmenskultur valeurs nos-valeurs"
        " culture-d-entreprise valores nuestros-valores cultura valori i-nostri-valori"
        " nossos-valores waarden onze-waarden kernwaarden cultuur varderingar vara-varderingar"
        " vaerdier vores-vaerdier verdier vare-verdier arvot arvomme wartosci nasze-wartosci"
        " hodnoty nase-hodnoty degerler degerlerimiz ertekek ertekeink valorile-noastre"
        " axies cennosti nilai-nilai vrednosti",
    ),
    (
        "team",
        "team our-team teams meet-the-team people our-people leadership management founders"
        " wie-is-wie wer-ist-wer who-is-who qui-est-qui quien-es-quien chi-e-chi"
        " das-team unser-team equipe notre-equipe l-equipe equipo nuestro-equipo"
        " il-team il-nostro-team squadra chi-lavora nosso-time nossa-equipe ons-team vart-team"
        " medarbetare vores-team medarbejdere ansatte tiimi henkilosto zespol nasz-zespol"
        " tym nas-tym ekip* ekibimiz csapat csapatunk echipa echipa-noastra omada komanda"
        " tim-kami doi-ngu",
    ),
    (
        "customers",
        "customers our-customers case-stud* clients our-clients references portfolio"
        " projects our-work work success-stories kunden referenzen projekte realisations"
        " nos-clients references-clients nos-references clientes proyectos casos-de-exito"
        " clienti referenze progetti projetos klanten referenties projecten kunder referenser"
        " projekt referencer asiakkaat referenssit klienci realizacje projekty reference"
        " referencie referanslar projeler projelerimiz referenciak projektek proiecte pelates"
        " klienty proekty proyek du-an jisseki",
    ),
    (
        "press",
        "press news newsroom media presse aktuelles neuigkeiten actualites actualite prensa"
        " noticias novedades stampa novita notizie imprensa nieuws pers nyheter nyheder"
        " uutiset aktualnosci aktuality novinky haberler hirek stiri noutati nea novosti"
        " berita tin-tuc",
    ),
    ("security", "security trust compliance sicherheit securite seguridad sicurezza seguranca"),
    ("blog", "blog articles insights magazine artikel articulos artigos articoli statti"),
)

# These words count only alone: `over` is Dutch for "about".
ALONE = frozenset({
    "over", "ueber", "uber", "sobre", "despre", "about-me", "ura", "work", "nea", "tim", "shop",
    "store", "software", "apps", "games", "tech", "technik", "teknik", "stack", "features",
    "people", "media", "trust", "firma", "profile", "presentation", "rabota", "posao", "praca",
    "emploi", "job", "ekip", "tym", "vara", "company", "companies", "angebot", "oferta", "meista",
    "cultura", "kultur", "platform", "projects", "portfolio", "reference", "join", "magazine",
    "magazin", "trabajo", "lavora", "allas", "recruit", "opportunities", "positions", "openings",
    "news", "articles", "insights", "range", "gama", "gamas", "gamma", "gamme", "gammes",
    "collection", "collections", "linee", "lineas", "linhas", "udvalg", "utvalg", "lineup",
    "line-up", "mitarbeit", "mitmachen", "assortiment",
})  # fmt: skip

# Words in other scripts, found also inside a longer word. `_` stands for a space.
OTHER_SCRIPTS: tuple[tuple[str, str], ...] = (
    (
        "careers",
        "採用 求人 募集 招募 งาน 招聘 加入我们 加入我們 人才 诚聘 채용 인재 วิชาชีพ ร่วมงาน"
        " สมัครงาน وظائف الوظائف"
        " انضم משרות דרושים קריירה карьера вакансии вакансії кариера кар'єра работа_у_нас"
        " работать_у_нас свободни_позиции каријера καριέρα θέσεις_εργασίας करियर नौकरी",
    ),
    (
        "about",
        "会社概要 会社案内 企業情報 会社情報 私たちについて 関于 关于我们 关于 關於"
        " 公司简介 公司介紹 關於我們 公司簡介 企业简介"
        " 회사소개 회사_소개 เกี่ยวกับ من_نحن عن_الشركة אודות מי_אנחנו о_нас о_компании компания"
        " компанія"
        " про_нас про_компанію за_нас σχετικά ποιοι_είμαστε η_εταιρεία हमारे_बारे_में о_нама",
    ),
    (
        "products",
        "製品 商品 プロダクト ブランド 产品 產品 品牌 제품 상품 브랜드 ผลิตภัณฑ์ สินค้า"
        " منتجات المنتجات מוצרים продукты"
        " продукция продукти продукція каталог бренды торговые_марки торгові_марки προϊόντα उत्पाद"
        " производи",
    ),
    (
        "services",
        "サービス 事業内容 事業紹介 ソリューション 服务 服務 业务 解决方案 서비스"
        " 사업분야 솔루션 บริการ خدمات"
        " الخدمات שירותים услуги послуги сервисы решения рішення υπηρεσίες सेवाएं",
    ),
    ("engineering", "技術 技术 기술 технологии технології технологии τεχνολογία"),
    (
        "values",
        "価値観 バリュー 行動指針 理念 价值观 企业文化 핵심가치 인재상 قيمنا ערכים"
        " ценности цінності"
        " ценности αξίες",
    ),
    ("team", "チーム メンバー 团队 團隊 팀_소개 فريق הצוות команда екип ομάδα"),
    ("customers", "導入事例 実績 案例 客户 고객사 عملاؤنا לקוחות проекты клиенты проєкти πελάτες"),
    ("press", "ニュース お知らせ 新闻 动态 뉴스 أخبار חדשות новости новини νέα"),
)

# Words for a list of products in an address or a label, without services.
PRODUCT_INDEXES = (
    "product products produkt produkte produkter produkty produkten produit produits producto"
    " productos prodotto prodotti produto produtos product-s producten tuote tuotteet urun urunler"
    " urunlerimiz termek termekek termekeink produs produse proionta produk san-pham proizvodi"
    " our-products unsere-produkte nos-produits nuestros-productos i-nostri-prodotti"
    " nossos-produtos onze-producten vara-produkter vores-produkter vyrobky shop store boutique"
    " tienda negozio loja sklep catalog catalogo catalogue katalog apps our-apps games"
    " brands our-brands marken unsere-marken marques nos-marques marcas nuestras-marcas"
    " nossas-marcas marchi i-nostri-marchi onze-merken varumarken znacky nase-znacky znacek marki"
    " nasze-marki markalar markalarimiz brendy"
)

# Labels of a company's products. In a longer text they say little, as in "a range of services".
RANGES = (
    "range our-range product-range line-up lineup our-lineup sortiment unser-sortiment"
    " kollektion unsere-kollektion notre-gamme la-gamme nos-gammes gamme gammes"
    " notre-catalogue gama nuestra-gama nuestro-catalogo nuestras-lineas gamma la-nostra-gamma"
    " le-nostre-linee il-nostro-catalogo a-nossa-gama nossa-gama nossa-linha nosso-catalogo"
    " assortiment ons-assortiment vart-sortiment vores-sortiment vores-udvalg vart-utvalg"
    " valikoima valikoimamme nasz-asortyment asortyment nase-sortiment nase-nabidka"
    " kinalatunk urun-gamimiz gama-noastra nas-assortiment assortiment-produkcii"
)
RANGE_SCRIPTS = frozenset({
    "ассортимент", "наш ассортимент", "линейка", "наш асортимент", "асортимент", "ラインナップ",
    "商品ラインナップ", "製品ラインナップ", "产品系列", "產品系列", "제품 라인업", "라인업",
    "η γκάμα μας",
})  # fmt: skip

# Words for brands. The entries of a list of brands are proper names.
BRANDS = frozenset({
    "brands", "marken", "marques", "marcas", "marchi", "merken", "varumarken", "znacky", "znacek",
    "marki", "markalar", "markalarimiz", "brendy", "бренды", "бренди", "марки", "ブランド", "品牌",
    "브랜드",
})  # fmt: skip
