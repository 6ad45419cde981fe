import Tensor

print("One Tensor belongs to \(Tensor().owner), the other sums to \(sumOfOnes(6)).")
