import JSONText
import KubernetesAPI

/// A write as a call of the API.
struct SliceCall {
  let request: APIRequest

  private static let path = "/apis/resource.k8s.io/v1/resourceslices"

  /// `owner` is the node's uid, which a create needs.
  init(_ write: SliceWrite, node: String, owner: String?) {
    switch write {
    case .delete(let slice):
      let preconditions: JSONValue = [
        "uid": .string(slice.uid), "resourceVersion": .string(slice.resourceVersion),
      ]
      request = APIRequest(
        .delete, "\(Self.path)/\(APIRequest.escaped(slice.name))",
        body: ["apiVersion": "v1", "kind": "DeleteOptions", "preconditions": preconditions])
    case .update(let slice, let spec, _):
      // The server's own metadata is sent back, or it would be deleted.
      var metadata = slice.metadata
      metadata["managedFields"] = nil
      request = APIRequest(
        .put, "\(Self.path)/\(APIRequest.escaped(slice.name))", body: Self.object(metadata, spec))
    case .create(let slice, let spec):
      let reference: JSONValue = [
        "apiVersion": "v1", "kind": "Node", "name": .string(node), "uid": .string(owner ?? ""), "controller": true,
      ]
      request = APIRequest(
        .post, Self.path,
        body: Self.object(
          ["generateName": .string(slice.generateName), "ownerReferences": .array([reference])], spec))
    }
  }

  private static func object(_ metadata: JSONValue, _ spec: JSONValue) -> JSONValue {
    [
      "apiVersion": "resource.k8s.io/v1", "kind": "ResourceSlice", "metadata": metadata, "spec": spec,
    ]
  }
}

extension SliceWrite {
  /// Which slice, for messages.
  var place: String {
    switch self {
    case .delete(let slice): "slice \(slice.name) (delete)"
    case .update(let slice, _, _): "slice \(slice.name) of pool \(slice.pool)"
    case .create(let slice, _): "slice \(slice.index) of pool \(slice.pool)"
    }
  }
}
