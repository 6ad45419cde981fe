import RandomStreams
import Retrieval
import Synthesis
import Testing

@Suite("Invented names")
struct NameTests {
  @Test("ten thousand names of each kind of place are all different")
  func distinct() {
    var names = NameGenerator(.train, stream: RandomStream(seed: 1))
    for kind in [EntityKind.city, .person] {
      let drawn = (0..<10_000).map { _ in names.name(kind) }
      #expect(Set(drawn).count == 10_000)
    }
  }

  @Test("worlds to train on and worlds to test on share no invented word")
  func disjoint() {
    func words(_ space: NameSpace) -> Set<String> {
      var result: Set<String> = []
      for seed in 0..<4 {
        let world = InventedWorld(
          stream: RandomStream(seed: UInt64(seed)), size: .medium, names: space)
        let plain: Set<EntityKind> = [.year, .profession, .genre]
        for entity in world.graph.entities where !plain.contains(entity.kind) {
          result.formUnion(NameSpace.words(of: entity.name))
        }
      }
      return result
    }
    let (train, heldOut) = (words(.train), words(.heldOut))
    #expect(train.count > 2_000 && heldOut.count > 2_000)
    #expect(train.isDisjoint(with: heldOut))
    #expect(train.allSatisfy { NameSpace.train.admits($0) })
    #expect(heldOut.allSatisfy { NameSpace.heldOut.admits($0) })
  }

  @Test("no invented word is part of a real name in the Atlas")
  func unreal() {
    let real = Set(Atlas.graph().entities.flatMap { NameSpace.words(of: $0.name) })
    var names = NameGenerator(.train, stream: RandomStream(seed: 3))
    let drawn = Set((0..<20_000).map { _ in names.word().lowercased() })
    #expect(real.count > 400)
    #expect(drawn.isDisjoint(with: real), "\(drawn.intersection(real).sorted())")
  }

  @Test("every word belongs to exactly one space, whatever its case")
  func halves() {
    var inTrain = 0
    for number in 0..<2_000 {
      let word = "Word\(number)"
      #expect(NameSpace.train.admits(word) != NameSpace.heldOut.admits(word))
      #expect(NameSpace.train.admits(word) == NameSpace.train.admits(word.uppercased()))
      inTrain += NameSpace.train.admits(word) ? 1 : 0
    }
    #expect((900...1_100).contains(inTrain))
  }

  @Test("the words of a name leave out short pieces and plain words")
  func words() {
    #expect(NameSpace.words(of: "New Orvane") == ["orvane"])
    #expect(NameSpace.words(of: "Côte d'Ivelu") == ["ivelu"])
    #expect(NameSpace.words(of: "the Republic of Tark-Lün") == ["tark", "lün"])
  }

  @Test("pairs of letters are nearly as varied as in the names of real places")
  func varied() {
    var names = NameGenerator(.train, stream: RandomStream(seed: 2))
    var pairs: Set<String> = []
    for _ in 0..<6_000 { pairs.formUnion(Self.pairs(names.name(.city))) }
    let real = [
      "Ouagadougou", "São Tomé", "Kyrgyzstan", "Reykjavík", "N'Djamena", "Antananarivo",
      "Phnom Penh",
      "Ulaanbaatar", "Tegucigalpa", "Vientiane", "Liechtenstein", "Mozambique", "Zimbabwe",
      "Bishkek",
      "Asunción", "Luxembourg", "Kazakhstan", "Guyana", "Nouakchott", "Dhaka", "Copenhagen",
    ].flatMap { Self.pairs($0) }
    let covered = Double(real.filter(pairs.contains).count) / Double(real.count)
    #expect(
      covered > 0.95,
      "\(covered) of the pairs in real names; missing \(real.filter { !pairs.contains($0) })")
    #expect(pairs.count > 450)
  }

  private static func pairs(_ name: String) -> [String] {
    let letters = Array(name.lowercased())
    return zip(letters, letters.dropFirst()).filter { $0.isLetter && $1.isLetter }
      .map { "\($0)\($1)" }
  }
}
