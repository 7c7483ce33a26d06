/// An attachment's section in `PCIDEVICE_…_INFO`: keys with strings.
public struct InfoSection: Sendable, Equatable, ExpressibleByDictionaryLiteral {
  typealias Field = (key: String, value: String)

  /// In the order of the keys' bytes, as Go writes maps.
  private(set) var fields: [Field] = []

  init() {}

  public init(dictionaryLiteral elements: (String, String)...) {
    for (key, value) in elements { self[key] = value }
  }

  init(_ fields: [String: String]) {
    self.fields = fields.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
  }

  /// The value of a key; nil when there is none. Assigning nil removes the key.
  public subscript(key: String) -> String? {
    get { fields.first { $0.key == key }?.value }
    set {
      fields.removeAll { $0.key == key }
      guard let newValue else { return }
      let place = fields.firstIndex { key.utf8.lexicographicallyPrecedes($0.key.utf8) } ?? fields.endIndex
      fields.insert((key, newValue), at: place)
    }
  }

  public static func == (a: InfoSection, b: InfoSection) -> Bool {
    a.fields.elementsEqual(b.fields) { $0 == $1 }
  }
}
