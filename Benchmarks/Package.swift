// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

func peregrine(_ product: String) -> Target.Dependency {
  .product(name: product, package: "peregrine")
}

func benchmark(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .executableTarget(
    name: name, dependencies: ["Measuring"] + dependencies, swiftSettings: strict)
}

/// What a benchmark of the decoder imports.
let decoding: [Target.Dependency] =
  ["DemoModel"] + ["Transformer", "Policy", "Trajectories", "RandomStreams"].map(peregrine)

let package = Package(
  name: "benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "peregrine", path: "..")],
  targets: [
    .target(name: "Measuring", dependencies: [peregrine("Tensor")], swiftSettings: strict),
    benchmark("Matmul", [peregrine("Tensor"), peregrine("RandomStreams")]),
    benchmark(
      "PolicyGradients", ["Advantage", "RandomStreams", "Trajectories"].map(peregrine)),
    benchmark(
      "Scoring",
      ["Rewards", "Trajectories", "RandomStreams", "OrderedJSON", "PeregrineTesting"]
        .map(peregrine)),
    .target(
      name: "DemoModel",
      dependencies: ["Transformer", "Policy", "RandomStreams"].map(peregrine),
      swiftSettings: strict),
    benchmark("TrainingStep", decoding),
    benchmark("Generation", decoding),
  ]
)
