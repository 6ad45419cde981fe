import PeregrineTensor

/// Computed by Peregrine's Tensor, which this package knows under another module name.
func sumOfOnes(_ count: Int) -> Float {
  Tensor(repeating: 1, shape: [count]).sum
}
