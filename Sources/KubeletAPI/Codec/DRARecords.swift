import CKubeletAPI

// One line for each struct of dra.pb-c.h.

extension Dra__ClaimList: Record {
  static func clear(_ record: UnsafeMutablePointer<Self>) { dra__claim_list__init(record) }
}
extension Dra__Claim: Record {
  static func clear(_ record: UnsafeMutablePointer<Self>) { dra__claim__init(record) }
}
extension Dra__NodePrepareResourcesResponse: Record {
  static func clear(_ record: UnsafeMutablePointer<Self>) { dra__node_prepare_resources_response__init(record) }
}
extension Dra__PreparedEntry: Record {
  static func clear(_ record: UnsafeMutablePointer<Self>) { dra__prepared_entry__init(record) }
}
extension Dra__NodePrepareResourceResponse: Record {
  static func clear(_ record: UnsafeMutablePointer<Self>) { dra__node_prepare_resource_response__init(record) }
}
extension Dra__Device: Record {
  static func clear(_ record: UnsafeMutablePointer<Self>) { dra__device__init(record) }
}
extension Dra__NodeUnprepareResourcesResponse: Record {
  static func clear(_ record: UnsafeMutablePointer<Self>) { dra__node_unprepare_resources_response__init(record) }
}
extension Dra__UnpreparedEntry: Record {
  static func clear(_ record: UnsafeMutablePointer<Self>) { dra__unprepared_entry__init(record) }
}
extension Dra__NodeUnprepareResourceResponse: Record {
  static func clear(_ record: UnsafeMutablePointer<Self>) { dra__node_unprepare_resource_response__init(record) }
}
extension Dra__NodeWatchResourcesRequest: Record {
  static func clear(_ record: UnsafeMutablePointer<Self>) { dra__node_watch_resources_request__init(record) }
}
extension Dra__NodeWatchResourcesResponse: Record {
  static func clear(_ record: UnsafeMutablePointer<Self>) { dra__node_watch_resources_response__init(record) }
}
extension Dra__DeviceHealth: Record {
  static func clear(_ record: UnsafeMutablePointer<Self>) { dra__device_health__init(record) }
}
extension Dra__DeviceIdentifier: Record {
  static func clear(_ record: UnsafeMutablePointer<Self>) { dra__device_identifier__init(record) }
}
