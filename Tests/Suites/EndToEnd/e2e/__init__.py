"""What the scenarios are written with."""

from . import containers, kubelet, machine, plugin, tap, wire
from .containers import Container, Containerd, opens, podman, run_container
from .kubelet import Kubelet
from .machine import ACCELERATOR, HOT0, HOT1, PCI, PF0, PF1, PF2, QMP, VIRTIO0, VIRTIO1, Events
from .plugin import Plugin, devicepool, pool, write_config
from .tap import check, equal, eventually, need, note, skip
