// A sum of f32 with the roundings kept beside it (Knuth's TwoSum; Neumaier 1974): as good as a sum of twice the digits.
// Each result passes `kept`, so that no compiler takes (s + x) − s for x.

struct CarefulSum {
  high: f32,
  low: f32,
}

fn careful_add(sum: CarefulSum, x: f32, zero: u32) -> CarefulSum {
  let high = kept(sum.high + x, zero);
  let x_read = kept(high - sum.high, zero);
  let sum_read = kept(high - x_read, zero);
  let lost = kept(sum.high - sum_read, zero) + kept(x - x_read, zero);
  return CarefulSum(high, sum.low + lost);
}

fn kept(x: f32, zero: u32) -> f32 {
  return bitcast<f32>(bitcast<u32>(x) ^ zero);
}
