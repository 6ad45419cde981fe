import PeregrineTensor
import Tensor

let mine = Tensor::Tensor()
print("Tensor belongs to \(mine.owner), ours is called PeregrineTensor here")
