extension AtlasTable {
  /// The countries of Oceania.
  ///
  /// Nauru has no capital by law; Yaren, the seat of its government, stands in the column.
  static let oceania = """
    Australia|AU|AUS|Canberra|AUD|English||Molonglo||61
    Cook Islands|CK|COK|Avarua|NZD|English, Cook Islands Māori||||682
    Fiji|FJ|FJI|Suva|FJD|English, Fijian, Fiji Hindi|||1970|679
    Kiribati|KI|KIR|South Tarawa = Tarawa|AUD|Gilbertese, English|||1979|686
    Marshall Islands|MH|MHL|Majuro|USD|Marshallese, English|||1986|692
    Micronesia = Federated States of Micronesia|FM|FSM|Palikir|USD|English|||1986|691
    Nauru|NR|NRU|Yaren|AUD|Nauruan, English|||1968|674
    New Zealand|NZ|NZL|Wellington|NZD|English, Māori||||64
    Niue|NU|NIU|Alofi|NZD|Niuean, English||||683
    Palau|PW|PLW|Ngerulmud|USD|Palauan, English|||1994|680
    Papua New Guinea|PG|PNG|Port Moresby|PGK|Tok Pisin, English, Hiri Motu|ID||1975|675
    Samoa|WS|WSM|Apia|WST|Samoan, English|||1962|685
    Solomon Islands|SB|SLB|Honiara|SBD|English|||1978|677
    Tonga|TO|TON|Nukuʻalofa = Nuku'alofa|TOP|Tongan, English|||1970|676
    Tuvalu|TV|TUV|Funafuti|AUD|Tuvaluan, English|||1978|688
    Vanuatu|VU|VUT|Port Vila|VUV|Bislama, English, French|||1980|678
    """
}
