/** Weight of an error that is `age` origins old. */
export function recencyWeights(count: number, halfLifeOrigins: number): Float64Array {
  return Float64Array.from({ length: count }, (_, age) => 0.5 ** (age / halfLifeOrigins));
}
