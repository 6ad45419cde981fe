extension AtlasTable {
  /// The countries of North America.
  ///
  /// Left empty: the calling codes of Jamaica and the Dominican Republic, each of which has several.
  static let northAmerica = """
    Antigua and Barbuda|AG|ATG|Saint John's = St. John's|XCD|English|||1981|1-268
    Bahamas = The Bahamas|BS|BHS|Nassau|BSD|English|||1973|1-242
    Barbados|BB|BRB|Bridgetown|BBD|English|||1966|1-246
    Belize|BZ|BLZ|Belmopan|BZD|English|GT MX|Belize|1981|501
    Canada|CA|CAN|Ottawa|CAD|English, French|US ~DK|Ottawa||1
    Costa Rica|CR|CRI|San José|CRC|Spanish|NI PA|||506
    Cuba|CU|CUB|Havana|CUP|Spanish||||53
    Dominica|DM|DMA|Roseau|XCD|English||Roseau|1978|1-767
    Dominican Republic|DO|DOM|Santo Domingo|DOP|Spanish|HT|Ozama|1844|
    El Salvador|SV|SLV|San Salvador|USD|Spanish|GT HN|||503
    Grenada|GD|GRD|Saint George's = St. George's|XCD|English|||1974|1-473
    Guatemala|GT|GTM|Guatemala City|GTQ|Spanish|BZ HN MX SV|||502
    Haiti|HT|HTI|Port-au-Prince|HTG|Haitian Creole, French|DO||1804|509
    Honduras|HN|HND|Tegucigalpa|HNL|Spanish|GT NI SV|Choluteca||504
    Jamaica|JM|JAM|Kingston|JMD|English|||1962|
    Mexico|MX|MEX|Mexico City|MXN|Spanish|BZ GT US|||52
    Nicaragua|NI|NIC|Managua|NIO|Spanish|CR HN|||505
    Panama|PA|PAN|Panama City|PAB / USD|Spanish|CO CR||1903|507
    Saint Kitts and Nevis = St. Kitts and Nevis|KN|KNA|Basseterre|XCD|English|||1983|1-869
    Saint Lucia = St. Lucia|LC|LCA|Castries|XCD|English|||1979|1-758
    Saint Vincent and the Grenadines = St. Vincent and the Grenadines|VC|VCT|Kingstown|XCD|English|\
    ||1979|1-784
    Trinidad and Tobago|TT|TTO|Port of Spain|TTD|English|||1962|1-868
    United States = United States of America = USA = US|US|USA|\
    Washington = Washington, D.C. = Washington DC|USD|English|CA MX|Potomac|1776|1
    """
}
