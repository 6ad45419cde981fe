extension AtlasTable {
  /// The countries of Asia.
  ///
  /// Left empty: the capitals of Israel and Palestine, on which states disagree, and that of
  /// Singapore, a city.
  static let asia = """
    Afghanistan|AF|AFG|Kabul|AFN|Dari, Pashto|CN IR PK TJ TM UZ ~IN|Kabul|1919|93
    Armenia|AM|ARM|Yerevan|AMD|Armenian|AZ GE IR TR|Hrazdan|1991|374
    Azerbaijan|AZ|AZE|Baku|AZN|Azerbaijani|AM GE IR RU TR||1991|994
    Bahrain|BH|BHR|Manama|BHD|Arabic|||1971|973
    Bangladesh|BD|BGD|Dhaka|BDT|Bengali|IN MM|Buriganga|1971|880
    Bhutan|BT|BTN|Thimphu|BTN / INR|Dzongkha|CN IN|Wang Chhu = Raidak||975
    Brunei = Brunei Darussalam|BN|BRN|Bandar Seri Begawan|BND|Malay|MY|Brunei|1984|673
    Cambodia|KH|KHM|Phnom Penh|KHR|Khmer|LA TH VN|Mekong|1953|855
    China = People's Republic of China|CN|CHN|Beijing|CNY|Mandarin Chinese|\
    AF BT IN KG KP KZ LA MM MN NP PK RU TJ VN|Yongding||86
    Cyprus|CY|CYP|Nicosia|EUR|Greek, Turkish|~GB|Pedieos|1960|357
    Georgia|GE|GEO|Tbilisi|GEL|Georgian|AM AZ RU TR|Kura|1991|995
    India|IN|IND|New Delhi = Delhi|INR|Hindi, English|BD BT CN MM NP PK ~AF|Yamuna|1947|91
    Indonesia|ID|IDN|Jakarta|IDR|Indonesian|MY PG TL|Ciliwung||62
    Iran|IR|IRN|Tehran|IRR|Persian|AF AM AZ IQ PK TM TR|||98
    Iraq|IQ|IRQ|Baghdad|IQD|Arabic, Kurdish|IR JO KW SA SY TR|Tigris|1932|964
    Israel|IL|ISR||ILS|Hebrew|EG JO LB PS SY||1948|972
    Japan|JP|JPN|Tokyo|JPY|Japanese||Sumida||81
    Jordan|JO|JOR|Amman|JOD|Arabic|IL IQ PS SA SY||1946|962
    Kazakhstan|KZ|KAZ|Astana = Nur-Sultan|KZT|Kazakh, Russian|CN KG RU TM UZ|Ishim|1991|7
    Kuwait|KW|KWT|Kuwait City|KWD|Arabic|IQ SA||1961|965
    Kyrgyzstan|KG|KGZ|Bishkek|KGS|Kyrgyz, Russian|CN KZ TJ UZ||1991|996
    Laos|LA|LAO|Vientiane|LAK|Lao|CN KH MM TH VN|Mekong||856
    Lebanon|LB|LBN|Beirut|LBP|Arabic|IL SY||1943|961
    Malaysia|MY|MYS|Kuala Lumpur / Putrajaya|MYR|Malay|BN ID TH|Klang||60
    Maldives|MV|MDV|Malé|MVR|Dhivehi|||1965|960
    Mongolia|MN|MNG|Ulaanbaatar = Ulan Bator|MNT|Mongolian|CN RU|Tuul||976
    Myanmar = Burma|MM|MMR|Naypyidaw = Nay Pyi Taw|MMK|Burmese|BD CN IN LA TH||1948|95
    Nepal|NP|NPL|Kathmandu|NPR|Nepali|CN IN|Bagmati||977
    North Korea|KP|PRK|Pyongyang|KPW|Korean|CN KR RU|Taedong||850
    Oman|OM|OMN|Muscat|OMR|Arabic|AE SA YE|||968
    Pakistan|PK|PAK|Islamabad|PKR|Urdu, English|AF CN IN IR||1947|92
    Palestine = State of Palestine|PS|PSE|||Arabic|EG IL JO|||970
    Philippines = The Philippines|PH|PHL|Manila|PHP|Filipino, English||Pasig||63
    Qatar|QA|QAT|Doha|QAR|Arabic|SA||1971|974
    Saudi Arabia|SA|SAU|Riyadh|SAR|Arabic|AE IQ JO KW OM QA YE|||966
    Singapore|SG|SGP||SGD|English, Mandarin Chinese, Malay, Tamil|||1965|65
    South Korea|KR|KOR|Seoul|KRW|Korean|KP|Han||82
    Sri Lanka|LK|LKA|Sri Jayawardenepura Kotte = Kotte / Colombo|LKR|Sinhala, Tamil|||1948|94
    Syria|SY|SYR|Damascus|SYP|Arabic|IL IQ JO LB TR|Barada|1946|963
    Taiwan|TW|TWN|Taipei|TWD|Mandarin Chinese||Tamsui||886
    Tajikistan|TJ|TJK|Dushanbe|TJS|Tajik|AF CN KG UZ|Varzob|1991|992
    Thailand|TH|THA|Bangkok|THB|Thai|KH LA MM MY|Chao Phraya||66
    Timor-Leste = East Timor|TL|TLS|Dili|USD|Tetum, Portuguese|ID|||670
    Turkey = Türkiye|TR|TUR|Ankara|TRY|Turkish|AM AZ BG GE GR IQ IR SY|||90
    Turkmenistan|TM|TKM|Ashgabat|TMT|Turkmen|AF IR KZ UZ||1991|993
    United Arab Emirates = UAE|AE|ARE|Abu Dhabi|AED|Arabic|OM SA||1971|971
    Uzbekistan|UZ|UZB|Tashkent|UZS|Uzbek|AF KG KZ TJ TM|Chirchiq|1991|998
    Vietnam = Viet Nam|VN|VNM|Hanoi|VND|Vietnamese|CN KH LA|Hong = Red River||84
    Yemen|YE|YEM|Sanaa = Sana'a / Aden|YER|Arabic|OM SA|||967
    """
}
