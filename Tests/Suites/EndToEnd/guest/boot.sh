#!/bin/bash
# Boots one fresh guest, runs DIRECTORY/job in it as root and leaves with the job's exit code.
#
#   boot.sh [-t SECONDS] [-i] DIRECTORY
#
# DIRECTORY is shared with the guest as /run/e2e; console.log, output and exit-code appear there, and nothing else of the
# guest is kept. -t limits the run (124 when it is over); -i puts the guest's shell on this terminal.
# 125: the guest ended without an exit code. DEVICEPOOL_E2E_ACCEL=tcg keeps it from using KVM.
set -euo pipefail
cache=$("$(dirname "$0")/build.sh" where)
limit=300 interactive=
while getopts t:i option; do
  case $option in t) limit=$OPTARG ;; i) interactive=1 ;; *) exit 2 ;; esac
done
shift $((OPTIND - 1))
run=$(cd "$1" && pwd)

# QEMU runs in the tools' chroot, in a mount namespace of its own that shows it this machine's devices and the run.
if [ "${E2E_OWN_MOUNTS-}" != "$$" ]; then
  E2E_OWN_MOUNTS=$$ exec unshare -m "$0" -t "$limit" ${interactive:+-i} "$run"
fi
mkdir -p "$cache"/tools/{images,run/e2e}
mount --bind "$cache/images" "$cache/tools/images"
mount --rbind "$run" "$cache/tools/run/e2e"
mount --rbind /dev "$cache/tools/dev"
mount -t proc proc "$cache/tools/proc"

# Not every /dev/kvm runs an ordinary kernel (a paravirtual one does not), so it is tried once: with no root disk the
# guest's kernel says so and panics at once.
kvm_works() {
  local answer=$cache/images/kvm
  [ -w /dev/kvm ] || return
  if [ ! -e "$answer" ]; then
    if timeout 30 chroot "$cache/tools" qemu-system-x86_64 -M q35,kernel-irqchip=split -accel kvm -cpu host -m 512 \
      -nodefaults -display none -no-reboot -serial stdio -kernel /images/vmlinux -append "console=ttyS0 panic=-1" \
      < /dev/null 2>&1 | grep -q 'Kernel panic'; then echo yes; else echo no; fi > "$answer"
  fi
  [ "$(cat "$answer")" = yes ]
}

# The guest takes its time from the HPET then: on a busy machine its kernel measures the processor's counter wrongly, by a
# factor of four once, and `tsc=reliable` makes it believe that.
accelerator=tcg,thread=multi cpu=max,la57=off machine=q35
if [ "${DEVICEPOOL_E2E_ACCEL-}" != tcg ] && kvm_works; then
  accelerator=kvm cpu=host machine=q35,kernel-irqchip=split
fi

# With memory above 4 GB the firmware puts 64-bit BARs there, and QEMU 10.0 maps those of virtual functions wrongly: so
# less than 2.75 GB.
# shellcheck disable=SC2054 # QEMU's commas
arguments=(-M "$machine" -accel "$accelerator" -cpu "$cpu" -m 2560 -smp 2,sockets=2
  -nodefaults -no-user-config -no-reboot -display none
  -kernel /images/vmlinux -initrd /images/initrd
  -append "console=ttyS0 quiet loglevel=5 panic=-1 mitigations=off random.trust_cpu=on no_timer_check nokaslr intel_iommu=on"
  -object memory-backend-ram,id=mem0,size=1280M -object memory-backend-ram,id=mem1,size=1280M
  -numa node,nodeid=0,memdev=mem0,cpus=0 -numa node,nodeid=1,memdev=mem1,cpus=1
  -device intel-iommu,intremap=on
  -drive file=/images/root.ext4,format=raw,if=none,id=root,snapshot=on,cache=unsafe
  -device virtio-blk-pci,drive=root,bus=pcie.0,addr=0x4
  -device virtio-rng-pci,bus=pcie.0,addr=0x5
  -fsdev local,id=run,path=/run/e2e,security_model=none,multidevs=remap
  -device virtio-9p-pci,fsdev=run,mount_tag=run,bus=pcie.0,addr=0x6
  -device virtio-serial-pci,id=ports,bus=pcie.0,addr=0x7
  # The guest talks QMP to its own QEMU: one end of the socket is QEMU's monitor, the other a port in the guest.
  -chardev socket,id=monitor,path=/run/e2e/qmp,server=on,wait=off -mon chardev=monitor,mode=control
  -chardev socket,id=qmp,path=/run/e2e/qmp -device virtserialport,bus=ports.0,chardev=qmp,name=qmp
  # One PCIe root bus for each NUMA node; a third adapter has no node. hp0 and hp1 are empty, for hot-plug.
  -device pxb-pcie,id=node0,bus=pcie.0,addr=0x10,bus_nr=0x20,numa_node=0
  -device pxb-pcie,id=node1,bus=pcie.0,addr=0x11,bus_nr=0x60,numa_node=1
  -device pcie-root-port,id=rp0,bus=node0,addr=0,chassis=1,slot=1
  -device pcie-root-port,id=hp0,bus=node0,addr=1,chassis=2,slot=2
  -device pcie-root-port,id=vp0,bus=node0,addr=2,chassis=3,slot=3
  -device pcie-root-port,id=rp1,bus=node1,addr=0,chassis=4,slot=4
  -device pcie-root-port,id=hp1,bus=node1,addr=1,chassis=5,slot=5
  -device pcie-root-port,id=vp1,bus=node1,addr=2,chassis=6,slot=6
  -device pcie-root-port,id=rp2,bus=pcie.0,addr=0x12,chassis=7,slot=7
  # A function of the accelerator class: QEMU lets only disks choose theirs.
  -device pcie-root-port,id=ap1,bus=node1,addr=3,chassis=8,slot=8
  -drive driver=null-co,size=1M,if=none,id=nothing
  -device virtio-blk-pci,drive=nothing,bus=ap1,class=0x1200,disable-legacy=on,iommu_platform=on)
# All adapters share one wire, so that functions of different PFs reach one another.
for port in pf0 pf1 pf2 hot0 hot1 virtio0 virtio1; do arguments+=(-netdev "hubport,id=$port-wire,hubid=0"); done
for i in 0 1 2; do
  arguments+=(-device "igb,id=pf$i,bus=rp$i,netdev=pf$i-wire,mac=52:54:00:00:00:0$i,romfile=")
done
for i in 0 1; do
  arguments+=(-device "virtio-net-pci,id=virtio$i,bus=vp$i,netdev=virtio$i-wire,mac=52:54:00:00:01:0$i,romfile=,disable-legacy=on,iommu_platform=on")
done

# To be run in a subshell of its own, which becomes QEMU.
qemu() {
  exec chroot "$cache/tools" /usr/bin/env -i PATH=/usr/bin:/bin TMPDIR=/var/tmp qemu-system-x86_64 "${arguments[@]}" "$@"
}

rm -f "$run"/{exit-code,output,booted}
if [ -n "$interactive" ]; then
  echo interactive > "$run/mode"
  (qemu -serial file:/run/e2e/console.log -chardev stdio,id=shell,signal=off -device virtconsole,bus=ports.0,chardev=shell) || true
  exit "$(cat "$run/exit-code" 2>/dev/null || echo 125)"
fi

echo job > "$run/mode"
guest=
trap '[ -z "$guest" ] || kill "$guest" 2>/dev/null || true' EXIT
trap 'exit 130' INT TERM
# A guest without KVM was seen to stop for good while its kernel starts; it is booted again then.
for patience in 120 120 "$limit"; do
  : > "$run/output"
  qemu -serial file:/run/e2e/console.log -chardev file,id=output,path=/run/e2e/output,append=on \
    -device virtserialport,bus=ports.0,chardev=output,name=output < /dev/null > "$run/qemu.log" 2>&1 &
  guest=$!
  end=$((SECONDS + patience))
  while [ ! -e "$run/booted" ] && [ $SECONDS -lt $end ] && kill -0 "$guest" 2>/dev/null; do sleep 0.2; done
  if [ -e "$run/booted" ] || ! kill "$guest" 2>/dev/null; then break; fi
  wait "$guest" 2>/dev/null || true
  echo "boot.sh: the guest did not start within $patience s" >&2
done
tail -n +1 -f --pid="$guest" -s 0.2 "$run/output" &
printer=$!
end=$((SECONDS + limit))
while kill -0 "$guest" 2>/dev/null; do
  [ $SECONDS -lt $end ] || { echo "boot.sh: the time limit of $limit s is over" >&2; exit 124; }
  sleep 0.2
done
wait "$printer" 2>/dev/null || true
[ -s "$run/exit-code" ] && exit "$(cat "$run/exit-code")"
{ echo "boot.sh: the guest ended without an exit code"; cat "$run/qemu.log"; tail -n 20 "$run/console.log"; } >&2 || true
exit 125
