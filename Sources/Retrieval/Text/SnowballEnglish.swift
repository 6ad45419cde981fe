enum SnowballEnglish {
  static func stem(_ word: String) -> String { word }
}
