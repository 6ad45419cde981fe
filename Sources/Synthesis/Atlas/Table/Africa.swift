extension AtlasTable {
  /// The countries of Africa.
  ///
  /// Left empty: the languages of Burkina Faso, Mali and Niger, which have just replaced their
  /// official ones.
  static let africa = """
    Algeria|DZ|DZA|Algiers|DZD|Arabic, Berber|LY MA ML MR NE TN||1962|213
    Angola|AO|AGO|Luanda|AOA|Portuguese|CD CG NA ZM||1975|244
    Benin|BJ|BEN|Porto-Novo / Cotonou|XOF|French|BF NE NG TG||1960|229
    Botswana|BW|BWA|Gaborone|BWP|Tswana, English|NA ZA ZM ZW|Notwane|1966|267
    Burkina Faso|BF|BFA|Ouagadougou|XOF||BJ CI GH ML NE TG||1960|226
    Burundi|BI|BDI|Gitega / Bujumbura|BIF|Kirundi, French, English|CD RW TZ||1962|257
    Cameroon|CM|CMR|Yaoundé|XAF|French, English|CF CG GA GQ NG TD||1960|237
    Cape Verde = Cabo Verde|CV|CPV|Praia|CVE|Portuguese|||1975|238
    Central African Republic|CF|CAF|Bangui|XAF|Sango, French|CD CG CM SD SS TD|Ubangi|1960|236
    Chad|TD|TCD|N'Djamena|XAF|Arabic, French|CF CM LY NE NG SD|Chari|1960|235
    Comoros|KM|COM|Moroni|KMF|Comorian, French, Arabic|||1975|269
    Democratic Republic of the Congo = DR Congo = Congo-Kinshasa|CD|COD|Kinshasa|CDF|French|\
    AO BI CF CG RW SS TZ UG ZM|Congo|1960|243
    Djibouti|DJ|DJI|Djibouti City = Djibouti|DJF|French, Arabic|ER ET SO||1977|253
    Egypt|EG|EGY|Cairo|EGP|Arabic|IL LY PS SD|Nile|1922|20
    Equatorial Guinea|GQ|GNQ|Malabo / Ciudad de la Paz|XAF|Spanish, French, Portuguese|CM GA|\
    |1968|240
    Eritrea|ER|ERI|Asmara|ERN|Tigrinya, Arabic, English|DJ ET SD||1993|291
    Eswatini = Swaziland|SZ|SWZ|Mbabane / Lobamba|SZL|Swazi, English|MZ ZA||1968|268
    Ethiopia|ET|ETH|Addis Ababa|ETB|Amharic, Oromo, Somali, Tigrinya, Afar|DJ ER KE SD SO SS|||251
    Gabon|GA|GAB|Libreville|XAF|French|CG CM GQ||1960|241
    Gambia = The Gambia|GM|GMB|Banjul|GMD|English|SN|Gambia|1965|220
    Ghana|GH|GHA|Accra|GHS|English|BF CI TG||1957|233
    Guinea|GN|GIN|Conakry|GNF|French|CI GW LR ML SL SN||1958|224
    Guinea-Bissau|GW|GNB|Bissau|XOF|Portuguese|GN SN|Geba||245
    Ivory Coast = Côte d'Ivoire|CI|CIV|Yamoussoukro / Abidjan|XOF|French|BF GH GN LR ML||1960|225
    Kenya|KE|KEN|Nairobi|KES|Swahili, English|ET SO SS TZ UG|Nairobi|1963|254
    Lesotho|LS|LSO|Maseru|LSL / ZAR|Sotho, English|ZA|Caledon = Mohokare|1966|266
    Liberia|LR|LBR|Monrovia|LRD|English|CI GN SL||1847|231
    Libya|LY|LBY|Tripoli|LYD|Arabic|DZ EG NE SD TD TN||1951|218
    Madagascar|MG|MDG|Antananarivo|MGA|Malagasy, French||Ikopa|1960|261
    Malawi|MW|MWI|Lilongwe|MWK|Chichewa, English|MZ TZ ZM|Lilongwe|1964|265
    Mali|ML|MLI|Bamako|XOF||BF CI DZ GN MR NE SN|Niger|1960|223
    Mauritania|MR|MRT|Nouakchott|MRU|Arabic|DZ ML SN ~MA||1960|222
    Mauritius|MU|MUS|Port Louis|MUR|English, French|||1968|230
    Morocco|MA|MAR|Rabat|MAD|Arabic, Berber|DZ ~ES ~MR|Bou Regreg|1956|212
    Mozambique|MZ|MOZ|Maputo|MZN|Portuguese|MW SZ TZ ZA ZM ZW||1975|258
    Namibia|NA|NAM|Windhoek|NAD / ZAR|English|AO BW ZA ZM ~ZW||1990|264
    Niger|NE|NER|Niamey|XOF||BF BJ DZ LY ML NG TD|Niger|1960|227
    Nigeria|NG|NGA|Abuja|NGN|English|BJ CM NE TD||1960|234
    Republic of the Congo = Congo-Brazzaville|CG|COG|Brazzaville|XAF|French|AO CD CF CM GA|\
    Congo|1960|242
    Rwanda|RW|RWA|Kigali|RWF|Kinyarwanda, English, French, Swahili|BI CD TZ UG|Nyabarongo|1962|250
    São Tomé and Príncipe|ST|STP|São Tomé|STN|Portuguese|||1975|239
    Senegal|SN|SEN|Dakar|XOF|French|GM GN GW ML MR||1960|221
    Seychelles|SC|SYC|Victoria|SCR|Seychellois Creole, English, French|||1976|248
    Sierra Leone|SL|SLE|Freetown|SLE|English|GN LR||1961|232
    Somalia|SO|SOM|Mogadishu|SOS|Somali, Arabic|DJ ET KE||1960|252
    South Africa|ZA|ZAF|Pretoria = Tshwane / Cape Town / Bloemfontein|ZAR|Zulu, Xhosa, Afrikaans, \
    English, Northern Sotho, Tswana, Sotho, Tsonga, Swazi, Venda, Southern Ndebele|\
    BW LS MZ NA SZ ZW|Apies||27
    South Sudan|SS|SSD|Juba|SSP|English|CD CF ET KE SD UG|White Nile|2011|211
    Sudan|SD|SDN|Khartoum|SDG|Arabic, English|CF EG ER ET LY SS TD|Nile|1956|249
    Tanzania|TZ|TZA|Dodoma|TZS|Swahili, English|BI CD KE MW MZ RW UG ZM|||255
    Togo|TG|TGO|Lomé|XOF|French|BF BJ GH||1960|228
    Tunisia|TN|TUN|Tunis|TND|Arabic|DZ LY||1956|216
    Uganda|UG|UGA|Kampala|UGX|English, Swahili|CD KE RW SS TZ||1962|256
    Zambia|ZM|ZMB|Lusaka|ZMW|English|AO BW CD MW MZ NA TZ ZW||1964|260
    Zimbabwe|ZW|ZWE|Harare|ZWG / USD|Shona, Northern Ndebele, English|BW MZ ZA ZM ~NA||1980|263
    """
}
