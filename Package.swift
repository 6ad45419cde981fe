// swift-tools-version: 6.2
import PackageDescription

/// Settings shared by every Swift target: Swift 6 mode is the tools version's default.
let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

/// Examples and commands parse their arguments with swift-argument-parser, a library never does.
let argumentParser: Target.Dependency = .product(
  name: "ArgumentParser", package: "swift-argument-parser", condition: .when(traits: ["CLI"]))

func room(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = [])
  -> Target
{
  .testTarget(
    name: "\(name)Tests", dependencies: [.target(name: name)] + dependencies,
    resources: resources, swiftSettings: strict)
}

let package = Package(
  name: "peregrine",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Peregrine", targets: ["Peregrine"]),
    .library(name: "Trajectories", targets: ["Trajectories"]),
    .library(name: "RandomStreams", targets: ["RandomStreams"]),
    .library(name: "OrderedJSON", targets: ["OrderedJSON"]),
    .library(name: "Tensor", targets: ["Tensor"]),
    .library(name: "CKernels", targets: ["CKernels"]),
    .library(name: "Advantage", targets: ["Advantage"]),
    .library(name: "Retrieval", targets: ["Retrieval"]),
    .library(name: "Rewards", targets: ["Rewards"]),
    .library(name: "Environments", targets: ["Environments"]),
    .library(name: "Policy", targets: ["Policy"]),
    .library(name: "Transformer", targets: ["Transformer"]),
    .library(name: "Agents", targets: ["Agents"]),
    .library(name: "Synthesis", targets: ["Synthesis"]),
    .library(name: "Evaluation", targets: ["Evaluation"]),
    .library(name: "Training", targets: ["Training"]),
    .library(name: "PeregrineTesting", targets: ["PeregrineTesting"]),
  ],
  traits: [
    .trait(name: "CLI", description: "Builds the commands and examples that parse arguments.")
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
  ],
  targets: [
    // Ground.
    room("Trajectories"),
    room("RandomStreams"),
    room("OrderedJSON"),
    .target(name: "CKernels"),
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas",
      providers: [.apt(["libopenblas-dev"]), .brew(["openblas"])]),
    .systemLibrary(
      name: "CLAPACKE", pkgConfig: "lapacke",
      providers: [.apt(["liblapacke-dev"]), .brew(["lapack"])]),

    // Pure functions.
    room("Tensor", ["RandomStreams", "CKernels", "COpenBLAS", "CLAPACKE"]),
    room("Advantage", ["Trajectories", "RandomStreams", "CKernels"]),
    room("Retrieval", ["Trajectories", "CKernels"]),
    room("Rewards", ["Trajectories", "OrderedJSON", "Retrieval", "RandomStreams"]),

    // Who acts, and where.
    room("Environments", ["Trajectories", "OrderedJSON", "Retrieval", "RandomStreams"]),
    room("Policy", ["Trajectories", "OrderedJSON", "RandomStreams"]),
    room(
      "Transformer",
      ["Policy", "Tensor", "Trajectories", "OrderedJSON", "RandomStreams", "CKernels"]),

    // A policy in a world.
    room(
      "Agents", ["Policy", "Environments", "Retrieval", "Tensor", "Trajectories", "RandomStreams"]),
    room("Evaluation", ["Trajectories", "Rewards", "Retrieval", "OrderedJSON"]),
    room(
      "Synthesis",
      [
        "Agents", "Evaluation", "Environments", "Retrieval", "Policy", "Trajectories",
        "RandomStreams",
      ]),

    // Whole runs.
    room(
      "Training",
      [
        "Trajectories", "RandomStreams", "OrderedJSON", "Tensor", "Advantage", "Retrieval",
        "Rewards", "Environments", "Policy", "Transformer", "Agents", "Evaluation", "Synthesis",
      ]),
    room(
      "Peregrine",
      [
        "Tensor", "Policy", "Advantage", "Rewards", "Environments", "Trajectories", "Training",
      ]),
    room(
      "PeregrineTesting",
      [
        "Trajectories", "Rewards", "Environments", "Policy", "RandomStreams", "Retrieval",
      ]),

    // Examples.
    .target(
      name: "SmallAgent",
      dependencies: [
        "Training", "Evaluation", "Synthesis", "Agents", "Transformer", "Policy", "Advantage",
        "Rewards", "Environments", "Retrieval", "Trajectories", "RandomStreams",
      ],
      path: "Examples/Shared", swiftSettings: strict),
    .executableTarget(
      name: "CaRR",
      dependencies: [
        "SmallAgent", "Evaluation", "Rewards", "Synthesis", "Trajectories", argumentParser,
      ],
      path: "Examples/CaRR", swiftSettings: strict),
    .executableTarget(
      name: "RLER",
      dependencies: [
        "SmallAgent", "Evaluation", "Rewards", "Synthesis", "OrderedJSON", "Trajectories",
        "RandomStreams",
        argumentParser,
      ],
      path: "Examples/RLER", swiftSettings: strict),
    .executableTarget(
      name: "SearchR1",
      dependencies: [
        "SmallAgent", "Training", "Evaluation", "Synthesis", "Agents", "Transformer", "Policy",
        "Advantage", "Rewards", "Environments", "Retrieval", "Trajectories", "RandomStreams",
        argumentParser,
      ],
      path: "Examples/SearchR1", resources: [.copy("BasePolicy")], swiftSettings: strict),
    .executableTarget(
      name: "OwnLoop",
      dependencies: [
        "Transformer", "Policy", "Advantage", "Rewards", "Environments", "Agents", "Trajectories",
        "RandomStreams",
      ],
      path: "Examples/OwnLoop", swiftSettings: strict),

    .executableTarget(
      name: "OwnReward", dependencies: ["Rewards", "Trajectories", "PeregrineTesting"],
      path: "Examples/OwnReward", swiftSettings: strict),

    // Tests.
    .target(name: "CKernelsChecks", dependencies: ["CKernels"], path: "Tests/CKernelsChecks"),
    .testTarget(
      name: "CKernelsTests", dependencies: ["CKernels", "CKernelsChecks"], swiftSettings: strict),
    tests("Trajectories", []),
    tests("RandomStreams", []),
    tests("OrderedJSON", []),
    tests("Tensor", ["RandomStreams", "CKernels", "COpenBLAS"]),
    tests(
      "Advantage", ["Trajectories", "RandomStreams", "OrderedJSON"]),
    tests("Retrieval", ["Trajectories", "OrderedJSON"]),
    tests(
      "Rewards", ["Trajectories", "OrderedJSON", "PeregrineTesting", "RandomStreams"]),
    tests(
      "Environments",
      ["Trajectories", "OrderedJSON", "Retrieval", "PeregrineTesting", "RandomStreams"]),
    tests("Policy", ["Trajectories", "OrderedJSON", "RandomStreams", "PeregrineTesting"]),
    tests(
      "Transformer",
      ["Policy", "Tensor", "Trajectories", "RandomStreams", "PeregrineTesting", "CKernels"]),
    tests(
      "Agents",
      ["Policy", "Environments", "Retrieval", "Trajectories", "RandomStreams", "PeregrineTesting"]),
    tests(
      "Synthesis", ["Environments", "Retrieval", "Trajectories", "RandomStreams", "Rewards"]),
    .testTarget(
      name: "GoldenTests",
      dependencies: [
        "Advantage", "Rewards", "Environments", "Retrieval", "Trajectories", "RandomStreams",
        "OrderedJSON",
      ],
      path: "Tests/Golden", exclude: ["algorithms", "rewards"], swiftSettings: strict),
    tests("Evaluation", ["Trajectories", "Rewards", "OrderedJSON"]),
    tests(
      "Training",
      [
        "Trajectories", "RandomStreams", "Advantage", "Retrieval", "Rewards", "Environments",
        "Policy", "Transformer", "Agents", "Evaluation", "Synthesis", "PeregrineTesting", "Tensor",
        "KillableRun",
      ]),
    .executableTarget(
      name: "KillableRun",
      dependencies: [
        "Training", "Agents", "Transformer", "Policy", "Advantage", "Rewards", "Environments",
        "Trajectories", "RandomStreams", "PeregrineTesting",
      ],
      path: "Tests/KillableRun", swiftSettings: strict),
  ]
)
