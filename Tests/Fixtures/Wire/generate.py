#!/usr/bin/env python3
"""Writes the .hex files of this directory with Google's protobuf library (python package protobuf, 4.22 or later).

Tests/Unit/KubeletAPITests/Samples.swift holds the same values; the test compares bytes. kubelet-*.hex are not written here:
they are what real kubelets sent.
"""
import pathlib
import textwrap

from schema import message

SAMPLES = {
    "empty": ("v1beta1.Empty", {}),
    "options-none": ("v1beta1.DevicePluginOptions", {}),
    "options-all": ("v1beta1.DevicePluginOptions",
                    {"pre_start_required": True, "get_preferred_allocation_available": True}),
    "register": ("v1beta1.RegisterRequest",
                 {"version": "v1beta1", "endpoint": "intel.com_sriov.sock", "resource_name": "intel.com/sriov",
                  "options": {"pre_start_required": True}}),
    "register-without-options": ("v1beta1.RegisterRequest",
                                 {"version": "v1beta1", "endpoint": "a.sock", "resource_name": "a/b"}),
    "devices": ("v1beta1.ListAndWatchResponse",
                {"devices": [
                    {"ID": "0000:3b:02.0", "health": "Healthy", "topology": {"nodes": [{"ID": 0}]}},
                    {"ID": "0000:3b:02.1", "health": "Unhealthy", "topology": {"nodes": [{"ID": 1}, {"ID": 7}]}},
                    {"ID": "urma_1", "health": "Healthy"},
                    {"ID": "x", "health": "Healthy", "topology": {}},
                    {"ID": "y", "topology": {"nodes": [{"ID": -1}]}},
                    {}]}),
    "devices-none": ("v1beta1.ListAndWatchResponse", {}),
    "prestart": ("v1beta1.PreStartContainerRequest", {"devices_ids": ["urma_1", "", "urma_2"]}),
    "prestart-answer": ("v1beta1.PreStartContainerResponse", {}),
    "preferred": ("v1beta1.PreferredAllocationRequest",
                  {"container_requests": [
                      {"available_deviceIDs": ["0000:3b:02.0", "0000:3b:02.1", "0000:3b:02.2"],
                       "must_include_deviceIDs": ["0000:3b:02.1"], "allocation_size": 2},
                      {"allocation_size": -1}, {}]}),
    "preferred-answer": ("v1beta1.PreferredAllocationResponse",
                         {"container_responses": [{"deviceIDs": ["0000:3b:02.1", "0000:3b:02.2"]}, {}]}),
    "allocate": ("v1beta1.AllocateRequest",
                 {"container_requests": [{"devices_ids": ["0000:3b:02.1", "0000:3b:02.0"]}, {}]}),
    "allocate-answer": ("v1beta1.AllocateResponse",
                        {"container_responses": [
                            {"envs": {"PCI_RESOURCE_INTEL_COM_SRIOV": "0000:3b:02.0,0000:3b:02.1",
                                      "PCIDEVICE_INTEL_COM_SRIOV_INFO": "{\"0000:3b:02.0\":{}}"},
                             "mounts": [{"container_path": "/usr/bin/rbln-stat", "host_path": "/usr/bin/rbln-stat",
                                         "read_only": True},
                                        {"container_path": "/c", "host_path": "/h"}],
                             "devices": [{"container_path": "/dev/vfio/vfio", "host_path": "/dev/vfio/vfio",
                                          "permissions": "rw"},
                                         {"container_path": "/dev/vfio/19", "host_path": "/dev/vfio/noiommu-19",
                                          "permissions": "rwm"}],
                             "annotations": {"cdi.k8s.io/intel.com_net-pci": "intel.com/net-pci=0000:3b:02.0"},
                             "cdi_devices": [{"name": "intel.com/net-pci=0000:3b:02.0"}, {"name": "ü/ß=漢"}]},
                            {}]}),
    "info-request": ("pluginregistration.InfoRequest", {}),
    "info": ("pluginregistration.PluginInfo",
             {"type": "DevicePlugin", "name": "intel.com/sriov",
              "endpoint": "/var/lib/kubelet/plugins_registry/intel.com_sriov.sock",
              "supported_versions": ["v1alpha1", "v1beta1"]}),
    "status-registered": ("pluginregistration.RegistrationStatus", {"plugin_registered": True}),
    "status-refused": ("pluginregistration.RegistrationStatus", {"error": "the ResourceName \"x\" is invalid"}),
    "status-answer": ("pluginregistration.RegistrationStatusResponse", {}),
    "pods-request": ("v1.ListPodResourcesRequest", {}),
    "pods": ("v1.ListPodResourcesResponse",
             {"pod_resources": [
                 {"name": "web", "namespace": "default",
                  "containers": [{"name": "app",
                                  "devices": [{"resource_name": "intel.com/sriov", "device_ids": ["0000:3b:02.0"],
                                               "topology": {"nodes": [{"ID": 1}]}},
                                              {"resource_name": "rdma/hca", "device_ids": ["3", "4"]}]},
                                 {"name": "idle"}]},
                 {"name": "claims", "namespace": "default",
                  "containers": [{"name": "app",
                                  "dynamic_resources": [
                                      {"claim_name": "nic", "claim_namespace": "default",
                                       "claim_resources": [{"cdi_devices": [{"name": "a.b/c=d"}, {"name": "a.b/c=e"}],
                                                            "driver_name": "dra.net", "pool_name": "node1",
                                                            "device_name": "pci-0000-3b-02-0"}]}]}]},
                 {"name": "other", "namespace": "kube-system"}]}),
    "pod-request": ("v1.GetPodResourcesRequest", {"pod_name": "web", "pod_namespace": "default"}),
    "pod": ("v1.GetPodResourcesResponse", {"pod_resources": {"name": "web", "namespace": "default"}}),
    "pod-none": ("v1.GetPodResourcesResponse", {}),
    "sandboxes-request": ("runtime.v1.ListPodSandboxRequest",
                          {"filter": {"id": "", "state": {"state": 0},
                                      "label_selector": {"io.kubernetes.pod.uid": "2a5c"}}}),
    "sandboxes-request-all": ("runtime.v1.ListPodSandboxRequest", {}),
    "sandboxes": ("runtime.v1.ListPodSandboxResponse",
                  {"items": [
                      {"id": "5f0c", "metadata": {"name": "web", "uid": "2a5c", "namespace": "default", "attempt": 3},
                       "state": 0, "created_at": 1700000000000000001,
                       "labels": {"io.kubernetes.pod.uid": "2a5c", "app": "web"}, "annotations": {"b": "2", "a": "1"},
                       "runtime_handler": "runc"},
                      {"id": "5f0b", "state": 1}, {"id": "5f0a", "state": 9, "created_at": -1}]}),
    "sandbox-request": ("runtime.v1.PodSandboxStatusRequest", {"pod_sandbox_id": "5f0c", "verbose": True}),
    "sandbox": ("runtime.v1.PodSandboxStatusResponse",
                {"status": {"id": "5f0c",
                            "metadata": {"name": "web", "uid": "2a5c", "namespace": "default"},
                            "created_at": 1700000000000000001,
                            "linux": {"namespaces": {"options": {"network": 2, "pid": 1, "ipc": 3,
                                                                 "target_id": "c1"}}},
                            "labels": {"app": "web"}, "annotations": {"note": "x"}, "runtime_handler": "kata"},
                 "info": {"info": "{\"pid\":4242}"}}),
    "sandbox-none": ("runtime.v1.PodSandboxStatusResponse", {}),
}

# What other encoders send and we do not: fields that our messages do not have, to be skipped, and an empty value of a
# map, which we leave out.
OTHERS = {
    "other-empty-value": ("v1beta1.ContainerAllocateResponse", {"envs": {"A": "", "": "b"}}),
    "other-pods": ("v1.ListPodResourcesResponse",
                   {"pod_resources": [
                       {"name": "web", "namespace": "default", "cpu_ids": [0, 1, 2],
                        "containers": [{"name": "app", "cpu_ids": [3],
                                        "dynamic_resources": [
                                            {"claim_name": "c", "claim_namespace": "d",
                                             "claim_resources": [{"driver_name": "e", "share_id": "f"}]}]}]}]}),
    "other-sandbox": ("runtime.v1.PodSandboxStatusResponse",
                      {"status": {"id": "5f0c", "network": {"ip": "10.88.0.4"}}, "timestamp": 1700000000}),
}


def main():
    here = pathlib.Path(__file__).parent
    for name, (kind, fields) in {**SAMPLES, **OTHERS}.items():
        data = message(kind, **fields).SerializeToString(deterministic=True)
        lines = textwrap.wrap(data.hex(), 96)
        (here / f"{name}.hex").write_text("\n".join([f"# {kind}, {len(data)} bytes", *lines]) + "\n")


if __name__ == "__main__":
    main()
