extension AtlasTable {
  /// The countries of Europe.
  ///
  /// Left empty: the capitals of Monaco and Vatican City, each one city, and the calling code of
  /// Vatican City, which has one assigned and another in use.
  static let europe = """
    Albania|AL|ALB|Tirana|ALL|Albanian|GR ME MK XK ~RS|Lana|1912|355
    Andorra|AD|AND|Andorra la Vella|EUR|Catalan|ES FR|Gran Valira = Valira||376
    Austria|AT|AUT|Vienna|EUR|German|CH CZ DE HU IT LI SI SK|Danube||43
    Belarus|BY|BLR|Minsk|BYN|Russian, Belarusian|LT LV PL RU UA|Svislach|1991|375
    Belgium|BE|BEL|Brussels|EUR|Dutch, French, German|DE FR LU NL|Senne = Zenne|1830|32
    Bosnia and Herzegovina|BA|BIH|Sarajevo|BAM|Bosnian, Serbian, Croatian|HR ME RS|Miljacka|1992|387
    Bulgaria|BG|BGR|Sofia|EUR|Bulgarian|GR MK RO RS TR|Iskar||359
    Croatia|HR|HRV|Zagreb|EUR|Croatian|BA HU ME RS SI|Sava|1991|385
    Czechia = Czech Republic|CZ|CZE|Prague|CZK|Czech|AT DE PL SK|Vltava|1993|420
    Denmark|DK|DNK|Copenhagen|DKK|Danish|DE ~CA|||45
    Estonia|EE|EST|Tallinn|EUR|Estonian|LV RU|||372
    Finland|FI|FIN|Helsinki|EUR|Finnish, Swedish|NO RU SE||1917|358
    France|FR|FRA|Paris|EUR|French|AD BE CH DE ES IT LU MC ~BR ~NL ~SR|Seine||33
    Germany|DE|DEU|Berlin|EUR|German|AT BE CH CZ DK FR LU NL PL|Spree||49
    Greece|GR|GRC|Athens|EUR|Greek|AL BG MK TR|||30
    Hungary|HU|HUN|Budapest|HUF|Hungarian|AT HR RO RS SI SK UA|Danube||36
    Iceland|IS|ISL|Reykjavik = Reykjavík|ISK|Icelandic||||354
    Ireland|IE|IRL|Dublin|EUR|English, Irish|GB|Liffey||353
    Italy|IT|ITA|Rome|EUR|Italian|AT CH FR SI SM VA|Tiber||39
    Kosovo|XK|XKX|Pristina|EUR|Albanian, Serbian|AL ME MK RS|||383
    Latvia|LV|LVA|Riga|EUR|Latvian|BY EE LT RU|Daugava||371
    Liechtenstein|LI|LIE|Vaduz|CHF|German|AT CH|Rhine||423
    Lithuania|LT|LTU|Vilnius|EUR|Lithuanian|BY LV PL RU|Neris||370
    Luxembourg|LU|LUX|Luxembourg City = Luxembourg|EUR|Luxembourgish, French, German|BE DE FR|\
    Alzette||352
    Malta|MT|MLT|Valletta|EUR|Maltese, English|||1964|356
    Moldova|MD|MDA|Chișinău = Chisinau|MDL|Romanian|RO UA|Bîc = Bâc|1991|373
    Monaco|MC|MCO||EUR|French|FR|||377
    Montenegro|ME|MNE|Podgorica|EUR|Montenegrin|AL BA HR RS XK|Morača|2006|382
    Netherlands = The Netherlands|NL|NLD|Amsterdam|EUR|Dutch|BE DE ~FR|Amstel||31
    North Macedonia|MK|MKD|Skopje|MKD|Macedonian, Albanian|AL BG GR RS XK|Vardar|1991|389
    Norway|NO|NOR|Oslo|NOK|Norwegian|FI RU SE|Akerselva|1905|47
    Poland|PL|POL|Warsaw|PLN|Polish|BY CZ DE LT RU SK UA|Vistula||48
    Portugal|PT|PRT|Lisbon|EUR|Portuguese|ES|Tagus||351
    Romania|RO|ROU|Bucharest|RON|Romanian|BG HU MD RS UA|Dâmbovița = Dambovita||40
    Russia = Russian Federation|RU|RUS|Moscow|RUB|Russian|\
    AZ BY CN EE FI GE KP KZ LT LV MN NO PL UA|Moskva = Moscow River||7
    San Marino|SM|SMR|City of San Marino = San Marino|EUR|Italian|IT|||378
    Serbia|RS|SRB|Belgrade|RSD|Serbian|BA BG HR HU ME MK RO XK ~AL|Danube||381
    Slovakia|SK|SVK|Bratislava|EUR|Slovak|AT CZ HU PL UA|Danube|1993|421
    Slovenia|SI|SVN|Ljubljana|EUR|Slovene|AT HR HU IT|Ljubljanica|1991|386
    Spain|ES|ESP|Madrid|EUR|Spanish|AD FR PT ~GB ~MA|Manzanares||34
    Sweden|SE|SWE|Stockholm|SEK|Swedish|FI NO|||46
    Switzerland|CH|CHE|Bern|CHF|German, French, Italian, Romansh|AT DE FR IT LI|Aare||41
    Ukraine|UA|UKR|Kyiv = Kiev|UAH|Ukrainian|BY HU MD PL RO RU SK|Dnieper = Dnipro|1991|380
    United Kingdom = UK = Britain|GB|GBR|London|GBP|English|IE ~CY ~ES|Thames||44
    Vatican City = Holy See|VA|VAT||EUR|Italian, Latin|IT|||
    """
}
