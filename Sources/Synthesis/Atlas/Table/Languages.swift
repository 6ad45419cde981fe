extension AtlasTable {
  /// The other names of those languages in the country tables that have some.
  static let languages = """
    Berber = Tamazight
    Bengali = Bangla
    Chichewa = Nyanja
    Comorian = Shikomori
    Cook Islands Māori = Rarotongan
    Dari = Dari Persian
    Dhivehi = Maldivian
    Filipino = Tagalog
    Gilbertese = Kiribati
    Haitian Creole = Haitian
    Indonesian = Bahasa Indonesia
    Irish = Irish Gaelic
    Kinyarwanda = Rwanda
    Kirundi = Rundi
    Malay = Bahasa Melayu
    Mandarin Chinese = Mandarin = Chinese
    Māori = Maori
    Persian = Farsi
    Seychellois Creole = Seselwa
    Sinhala = Sinhalese
    Slovene = Slovenian
    Sotho = Southern Sotho = Sesotho
    Spanish = Castilian
    Swazi = Swati = siSwati
    Tswana = Setswana
    """
}
