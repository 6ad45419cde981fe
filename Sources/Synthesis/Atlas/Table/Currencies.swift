extension AtlasTable {
  /// Code, then the name with its other names, of every currency in the country tables.
  static let currencies = """
    AED|UAE dirham = United Arab Emirates dirham
    AFN|Afghan afghani = afghani
    ALL|Albanian lek = lek
    AMD|Armenian dram = dram
    AOA|Angolan kwanza = kwanza
    ARS|Argentine peso
    AUD|Australian dollar
    AZN|Azerbaijani manat = Azerbaijan manat
    BAM|convertible mark = Bosnia and Herzegovina convertible mark
    BBD|Barbadian dollar = Barbados dollar
    BDT|Bangladeshi taka = taka
    BHD|Bahraini dinar
    BIF|Burundian franc = Burundi franc
    BND|Brunei dollar
    BOB|boliviano = Bolivian boliviano
    BRL|Brazilian real = real
    BSD|Bahamian dollar
    BTN|Bhutanese ngultrum = ngultrum
    BWP|Botswana pula = pula
    BYN|Belarusian ruble = Belarusian rouble
    BZD|Belize dollar
    CAD|Canadian dollar
    CDF|Congolese franc
    CHF|Swiss franc
    CLP|Chilean peso
    CNY|renminbi = yuan = Chinese yuan = yuan renminbi
    COP|Colombian peso
    CRC|Costa Rican colón = Costa Rican colon
    CUP|Cuban peso
    CVE|Cape Verdean escudo = Cabo Verde escudo
    CZK|Czech koruna = koruna
    DJF|Djiboutian franc = Djibouti franc
    DKK|Danish krone
    DOP|Dominican peso
    DZD|Algerian dinar
    EGP|Egyptian pound
    ERN|Eritrean nakfa = nakfa
    ETB|Ethiopian birr = birr
    EUR|euro
    FJD|Fijian dollar = Fiji dollar
    GBP|pound sterling = British pound
    GEL|Georgian lari = lari
    GHS|Ghanaian cedi = Ghana cedi = cedi
    GMD|Gambian dalasi = dalasi
    GNF|Guinean franc = Guinea franc
    GTQ|Guatemalan quetzal = quetzal
    GYD|Guyanese dollar = Guyana dollar
    HNL|Honduran lempira = lempira
    HTG|Haitian gourde = gourde
    HUF|Hungarian forint = forint
    IDR|Indonesian rupiah = rupiah
    ILS|Israeli new shekel = new Israeli sheqel = shekel
    INR|Indian rupee
    IQD|Iraqi dinar
    IRR|Iranian rial
    ISK|Icelandic króna = Iceland krona
    JMD|Jamaican dollar
    JOD|Jordanian dinar
    JPY|yen = Japanese yen
    KES|Kenyan shilling
    KGS|Kyrgyz som = som
    KHR|Cambodian riel = riel
    KMF|Comorian franc
    KPW|North Korean won
    KRW|South Korean won
    KWD|Kuwaiti dinar
    KZT|Kazakhstani tenge = tenge
    LAK|Lao kip = kip
    LBP|Lebanese pound
    LKR|Sri Lankan rupee = Sri Lanka rupee
    LRD|Liberian dollar
    LSL|Lesotho loti = loti
    LYD|Libyan dinar
    MAD|Moroccan dirham
    MDL|Moldovan leu
    MGA|Malagasy ariary = ariary
    MKD|Macedonian denar = denar
    MMK|Myanmar kyat = Burmese kyat = kyat
    MNT|Mongolian tögrög = tugrik
    MRU|Mauritanian ouguiya = ouguiya
    MUR|Mauritian rupee = Mauritius rupee
    MVR|Maldivian rufiyaa = rufiyaa
    MWK|Malawian kwacha = Malawi kwacha
    MXN|Mexican peso
    MYR|Malaysian ringgit = ringgit
    MZN|Mozambican metical = Mozambique metical = metical
    NAD|Namibian dollar = Namibia dollar
    NGN|Nigerian naira = naira
    NIO|Nicaraguan córdoba = Cordoba oro
    NOK|Norwegian krone
    NPR|Nepalese rupee
    NZD|New Zealand dollar
    OMR|Omani rial = rial Omani
    PAB|Panamanian balboa = balboa
    PEN|Peruvian sol = sol
    PGK|Papua New Guinean kina = kina
    PHP|Philippine peso
    PKR|Pakistani rupee = Pakistan rupee
    PLN|Polish złoty = zloty
    PYG|Paraguayan guaraní = guarani
    QAR|Qatari riyal = Qatari rial
    RON|Romanian leu
    RSD|Serbian dinar
    RUB|Russian ruble = Russian rouble
    RWF|Rwandan franc = Rwanda franc
    SAR|Saudi riyal
    SBD|Solomon Islands dollar
    SCR|Seychellois rupee = Seychelles rupee
    SDG|Sudanese pound
    SEK|Swedish krona
    SGD|Singapore dollar
    SLE|Sierra Leonean leone = leone
    SOS|Somali shilling
    SRD|Surinamese dollar = Surinam dollar
    SSP|South Sudanese pound
    STN|São Tomé and Príncipe dobra = dobra
    SYP|Syrian pound
    SZL|Swazi lilangeni = lilangeni
    THB|Thai baht = baht
    TJS|Tajikistani somoni = somoni
    TMT|Turkmenistani manat = Turkmenistan manat
    TND|Tunisian dinar
    TOP|Tongan paʻanga = pa'anga
    TRY|Turkish lira
    TTD|Trinidad and Tobago dollar
    TWD|New Taiwan dollar
    TZS|Tanzanian shilling
    UAH|Ukrainian hryvnia = hryvnia
    UGX|Ugandan shilling = Uganda shilling
    USD|United States dollar = US dollar
    UYU|Uruguayan peso
    UZS|Uzbekistani sum = Uzbekistan sum = sum
    VES|Venezuelan bolívar = bolívar soberano
    VND|Vietnamese dong = dong
    VUV|Vanuatu vatu = vatu
    WST|Samoan tala = tala
    XAF|Central African CFA franc
    XCD|East Caribbean dollar
    XOF|West African CFA franc
    YER|Yemeni rial
    ZAR|South African rand = rand
    ZMW|Zambian kwacha
    ZWG|Zimbabwe Gold = ZiG
    """
}
