import JSONText

/// One write of the API.
enum SliceWrite: Sendable, Equatable {
  case delete(ObservedSlice)
  /// The slice as it is, with another spec.
  case update(ObservedSlice, spec: JSONValue, desired: DesiredSlice)
  case create(DesiredSlice, spec: JSONValue)
}

/// What has to be written so that the API server has what the node publishes: a value, computed from both.
///
/// Consumers use a pool's slices of the highest generation only, and only once all are there. So a change of one slice keeps
/// the generation; a change of several, or a new one, raises it and rewrites all of the pool. Deletes come first, then
/// updates, then creates.
struct SlicePlan {
  /// What the server made of a spec: a field whose gate is off is not in it, and must not be written again and again.
  struct Accepted: Equatable {
    let sent: String
    let stored: String
  }

  let desired: [DesiredSlice]
  let observed: [ObservedSlice]
  /// By the name of the slice.
  let accepted: [String: Accepted]

  var writes: [SliceWrite] {
    var deletes: [SliceWrite] = []
    var updates: [SliceWrite] = []
    var creates: [SliceWrite] = []
    var pools: [String] = []
    for slice in desired where !pools.contains(slice.pool) { pools.append(slice.pool) }
    for slice in observed.sorted(by: { $0.name < $1.name }) where !pools.contains(slice.pool) {
      deletes.append(.delete(slice))
    }
    for pool in pools {
      let plan = writes(of: pool)
      deletes += plan.deletes
      updates += plan.updates
      creates += plan.creates
    }
    return deletes + updates + creates
  }

  private typealias Parts = (deletes: [SliceWrite], updates: [SliceWrite], creates: [SliceWrite])

  private func writes(of pool: String) -> Parts {
    let wanted = desired.filter { $0.pool == pool }
    let present = observed.filter { $0.pool == pool }.sorted { $0.name < $1.name }
    let generation = present.map(\.generation).max() ?? 0
    let places = Set(wanted.map(\.index))
    var kept: [Int: ObservedSlice] = [:]
    var obsolete: [ObservedSlice] = []
    for slice in present {
      if slice.generation == generation, let index = slice.index, places.contains(index), kept[index] == nil {
        kept[index] = slice
      } else {
        obsolete.append(slice)
      }
    }
    let missing = wanted.filter { kept[$0.index] == nil }
    let changed = wanted.filter { slice in kept[slice.index].map { !holds($0, slice) } ?? false }
    let isSmall = missing.isEmpty && changed.count <= 1
    let next = isSmall ? generation : generation + 1
    let rewritten = isSmall ? changed : wanted.filter { kept[$0.index] != nil }
    return (
      obsolete.map { .delete($0) },
      rewritten.compactMap { slice in
        kept[slice.index].map { .update($0, spec: slice.spec(generation: next), desired: slice) }
      }, missing.map { .create($0, spec: $0.spec(generation: next)) }
    )
  }

  private func holds(_ slice: ObservedSlice, _ wanted: DesiredSlice) -> Bool {
    let (has, wants) = (SliceText.of(slice.spec), SliceText.of(wanted.spec))
    return has == wants || accepted[slice.name] == Accepted(sent: wants, stored: has)
  }
}

extension DesiredSlice {
  func spec(generation: Int) -> JSONValue {
    var spec = spec
    spec["pool"]?["generation"] = .int(generation)
    return spec
  }
}
