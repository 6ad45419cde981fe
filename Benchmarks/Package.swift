// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

func peregrine(_ products: String...) -> [Target.Dependency] {
  products.map { .product(name: $0, package: "peregrine") }
}

let package = Package(
  name: "benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(name: "peregrine", path: ".."),
    // Without counting allocations, which takes two packages more.
    .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
  ],
  targets: [
    .target(
      name: "Measuring", dependencies: peregrine("Tensor"), swiftSettings: strict),
    .executableTarget(
      name: "Bench",
      dependencies: ["Measuring", "CBLAS", "CLimits"]
        + peregrine(
          "CKernels", "Tensor", "Transformer", "Policy", "Advantage", "Trajectories",
          "RandomStreams"),
      swiftSettings: strict),
    // Single kernels: `make bench-kernels`. The package looks for it in a folder of this name.
    .executableTarget(
      name: "Kernels",
      dependencies: ["Measuring", .product(name: "Benchmark", package: "benchmark")]
        + peregrine("CKernels"),
      path: "Benchmarks/Kernels",
      swiftSettings: strict,
      plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
    .executableTarget(
      name: "PolicyGradients",
      dependencies: ["Measuring"] + peregrine("Advantage", "RandomStreams", "Trajectories"),
      swiftSettings: strict),
    .executableTarget(
      name: "Scoring",
      dependencies: ["Measuring"]
        + peregrine("Rewards", "Trajectories", "RandomStreams", "OrderedJSON", "PeregrineTesting"),
      swiftSettings: strict),
    // The peer of products, called as its users call it.
    .systemLibrary(
      name: "CBLAS", pkgConfig: "openblas",
      providers: [.apt(["libopenblas-dev"]), .brew(["openblas"])]),
    // What the machine can do at most.
    .target(name: "CLimits"),
  ]
)
