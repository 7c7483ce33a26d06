/// Where a device hangs: its NUMA node and the bridges above it, root port first.
struct Place: Sendable {
  let numa: Int?
  let bridges: [UInt8]

  init(_ numa: Int?, _ bridges: UInt8...) {
    self.numa = numa
    self.bridges = bridges
  }
}
