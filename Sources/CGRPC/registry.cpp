// What gRPC's core need not register in a program that links it as archives and speaks over unix sockets alone: with these in
// the place of the core's own, no name is asked for by DNS, no call is balanced among servers, no proxy is used and no fault
// injected, and the code for all that, c-ares too, stays out of the program. A core that registers more brings it along; one
// that asks for more of c-ares fails in the linker.

#ifdef CGRPC_IN_A_RELEASE

// src/core/lib/config/core_configuration.h of gRPC 1.51, and src/core/plugin_registry/grpc_plugin_registry.cc, which calls them.
namespace grpc_core {
class CoreConfiguration {
 public:
  class Builder;
};

#define ABSENT(name) void name(CoreConfiguration::Builder *) {}

ABSENT(RegisterAresDnsResolver)
ABSENT(RegisterFakeResolver)
ABSENT(RegisterNativeDnsResolver)
ABSENT(RegisterGrpcLbPolicy)
ABSENT(RegisterOutlierDetectionLbPolicy)
ABSENT(RegisterPriorityLbPolicy)
ABSENT(RegisterRingHashLbPolicy)
ABSENT(RegisterRlsLbPolicy)
ABSENT(RegisterRoundRobinLbPolicy)
ABSENT(RegisterWeightedTargetLbPolicy)
ABSENT(RegisterHttpProxyMapper)
ABSENT(RegisterHttpConnectHandshaker)
ABSENT(FaultInjectionFilterRegister)
}  // namespace grpc_core

// src/core/ext/filters/client_channel/resolver/dns/c_ares/dns_resolver_ares.cc: what the core begins and ends with.
void grpc_resolver_dns_ares_init() {}
void grpc_resolver_dns_ares_shutdown() {}

#endif
