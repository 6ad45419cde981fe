extension AtlasTable {
  /// The countries of South America.
  ///
  /// Several founding years are empty because declaration and recognition lie years apart.
  static let southAmerica = """
    Argentina|AR|ARG|Buenos Aires|ARS|Spanish|BO BR CL PY UY|Plate = Río de la Plata|1816|54
    Bolivia|BO|BOL|Sucre / La Paz|BOB|Spanish, Quechua, Aymara, Guarani|AR BR CL PE PY||1825|591
    Brazil|BR|BRA|Brasília|BRL|Portuguese|AR BO CO GY PE PY SR UY VE ~FR||1822|55
    Chile|CL|CHL|Santiago|CLP|Spanish|AR BO PE|Mapocho||56
    Colombia|CO|COL|Bogotá|COP|Spanish|BR EC PA PE VE|Bogotá||57
    Ecuador|EC|ECU|Quito|USD|Spanish|CO PE|Machángara||593
    Guyana|GY|GUY|Georgetown|GYD|English|BR SR VE|Demerara|1966|592
    Paraguay|PY|PRY|Asunción|PYG|Guarani, Spanish|AR BO BR|Paraguay|1811|595
    Peru|PE|PER|Lima|PEN|Spanish, Quechua, Aymara|BO BR CL CO EC|Rímac|1821|51
    Suriname|SR|SUR|Paramaribo|SRD|Dutch|BR GY ~FR|Suriname|1975|597
    Uruguay|UY|URY|Montevideo|UYU|Spanish|AR BR|Plate = Río de la Plata||598
    Venezuela|VE|VEN|Caracas|VES|Spanish|BR CO GY|Guaire||58
    """
}
