#!/bin/bash
# Builds the end-to-end guest, once, from Debian packages alone: a chroot with QEMU and a compiler, the guest's root
# file system, the kernel modules that Debian leaves out, and the images QEMU boots. Each stage is kept until what it
# is made from changes. Needs root, apt, perl, about 3 GB of disk and 5 to 10 minutes; the machine's own packages and
# package lists are left as they are.
#
#   build.sh          builds what is missing or out of date
#   build.sh here     builds the root file system alone, which is all that scenarios on this machine need
#   build.sh kubelet  a kubelet 1.20 from Debian's source package too (about 5 minutes)
#   build.sh kube     a whole Kubernetes 1.20 from there, and etcd, for the scenario cluster (about 15 minutes)
#   build.sh where    prints the cache directory
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
cache=${DEVICEPOOL_E2E_CACHE:-$HOME/.cache/devicepool-e2e}
[ "${1-}" = where ] && { echo "$cache"; exit; }

fail() { echo "build.sh: $*" >&2; exit 1; }
say() { echo "[$((SECONDS)) s] $*"; }
[ "$(id -u)" = 0 ] || fail "root is needed: it makes root file systems and mounts"

# Where the machine's own apt fetches Debian from; the guest's packages come from the same place.
# shellcheck disable=SC2016 # apt fills the format in
apt_source() { apt-get indextargets --format '$(CODENAME) $(REPO_URI)' 'Created-By: Packages' | awk -v want="$1" '$1 ~ want { print $2; exit }'; }
mirror=${DEVICEPOOL_E2E_MIRROR:-$(apt_source '^[a-z]+$')}
security=${DEVICEPOOL_E2E_SECURITY_MIRROR:-$(apt_source '-security$')}
if [ -z "$mirror" ] || [ -z "$security" ]; then
  fail "apt names no Debian main and security archive; set DEVICEPOOL_E2E_MIRROR and DEVICEPOOL_E2E_SECURITY_MIRROR"
fi
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
[ -e "$keyring" ] || fail "$keyring is missing: install debian-archive-keyring"
sources=(
  "deb [signed-by=$keyring] $mirror bookworm main"
  "deb [signed-by=$keyring] $mirror bookworm-backports main"
  "deb [signed-by=$keyring] $security bookworm-security main")

# QEMU has igb, the emulated NIC with SR-IOV, since 8.0; bookworm's own is 7.2.
tools_packages=qemu-system-x86,linux-headers-6.12-amd64,linux-source-6.12,gcc,make,kmod,cpio,xz-utils,zstd,busybox-static,e2fsprogs
guest_packages=iproute2,iputils-ping,iptables,pciutils,ethtool,kmod,udev,procps,util-linux,jq,strace,busybox-static,ca-certificates
guest_packages+=,python3,python3-grpcio,python3-yaml,containerd,runc,podman,conmon,containernetworking-plugins
guest_packages+=,rdma-core,ibverbs-providers,ibverbs-utils

# Modules of Debian's kernel that the guest gets, with what they depend on.
kernel_modules="virtio_blk ext4 crc32c_generic 9p 9pnet_virtio virtio_console virtio_rng virtio_net overlay loop veth dummy
  bridge br_netfilter tun macvlan ipvlan 8021q igb igbvf vfio-pci uio_pci_generic pci-pf-stub vhost_net vhost_vdpa virtio_vdpa
  vduse psample rdma_rxe crc32_generic ib_umad ib_uverbs rdma_ucm nvme nf_tables nft_compat nft_chain_nat xt_MASQUERADE xt_comment xt_conntrack
  xt_mark xt_addrtype xt_multiport xt_nat iptable_nat iptable_filter ip_tables"

# stage NAME INPUT...: runs build_NAME unless it was built from the same inputs before.
stage() {
  local name=$1 sum; shift
  sum=$(printf '%s\n' "$@" "$(declare -f "build_$name")" | sha256sum)
  [ "$(cat "$cache/$name.built" 2>/dev/null)" = "$sum" ] && return
  say "$name"
  rm -f "$cache/$name.built"
  "build_$name" "$1"
  echo "$sum" > "$cache/$name.built"
}

# apt with its own lists and the archives above; the machine's lists stay as they are.
private_apt() {
  apt-get -qq -oDir::Etc::SourceList="$cache/apt/sources.list" -oDir::Etc::SourceParts="$cache/apt/none" \
    -oDir::State::Lists="$cache/apt/lists" -oDir::Cache="$cache/apt/cache" -oAPT::Sandbox::User=root "$@"
}

lists_are_fresh=
update_private_apt() {
  [ -z "$lists_are_fresh" ] || return 0
  mkdir -p "$cache"/apt/{none,lists/partial,cache/archives/partial,download}
  printf '%s\n' "${sources[@]}" "${sources[0]/#deb /deb-src }" > "$cache/apt/sources.list"
  private_apt update
  lists_are_fresh=1
}

# download PACKAGE[=VERSION] DIRECTORY: fetches one package and unpacks it.
download() {
  update_private_apt
  rm -rf "$cache/apt/download"; mkdir "$cache/apt/download"
  (cd "$cache/apt/download" && private_apt download "$1")
  dpkg-deb -x "$cache"/apt/download/*.deb "$2"
}

# debian DIRECTORY PACKAGES: a bookworm with these packages; QEMU and its firmware from backports.
# shellcheck disable=SC2016 # mmdebstrap runs the hook
debian() {
  [ -x "$cache/mmdebstrap/usr/bin/mmdebstrap" ] || download mmdebstrap "$cache/mmdebstrap"
  rm -rf --one-file-system "$1"
  PATH=$cache/mmdebstrap/usr/bin:$PATH mmdebstrap --quiet --mode=root --variant=minbase --include="$2" \
    --aptopt='Acquire::Languages "none"' --dpkgopt=force-unsafe-io --dpkgopt='path-exclude=/usr/share/doc/*' \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
    --setup-hook='printf "Package: qemu* seabios ipxe-qemu\nPin: release n=bookworm-backports\nPin-Priority: 990\n" > "$1/etc/apt/preferences.d/e2e"' \
    bookworm "$1" "${sources[@]}"
}

in_tools() { chroot "$cache/tools" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 "$@"; }

build_tools() { debian "$cache/tools" "$tools_packages"; }
build_rootfs() { debian "$cache/rootfs" "$guest_packages"; }

# Debian's kernel image, unpacked beside the headers it belongs to.
# shellcheck disable=SC2016 # dpkg-query fills the format in
build_kernel() {
  local version=$1
  rm -rf "$cache/tools/kernel"; mkdir "$cache/tools/kernel"
  download "linux-image-$version=$(in_tools dpkg-query -f '${Version}' -W "linux-headers-$version")" "$cache/tools/kernel"
  in_tools depmod -b /kernel "$version"
}

# What Debian's configuration leaves out: vDPA on a virtio function, simulated devlink devices, soft RDMA as a child
# of its PCI function, and the project's stand-in for ubcore.
build_modules() {
  local version=$1 work=$cache/tools/modules from=linux-source-6.12/drivers
  rm -rf "$work"; cp -r "$here/modules" "$work"
  in_tools tar -xJf /usr/src/linux-source-6.12.tar.xz -C /modules --wildcards \
    "$from/vdpa/virtio_pci/*" "$from/net/netdevsim/*" "$from/infiniband/sw/rxe/*"
  mv "$work/$from/vdpa/virtio_pci" "$work/vdpa"
  mv "$work/$from/net/netdevsim" "$work/netdevsim"
  mv "$work/$from/infiniband/sw/rxe" "$work/rxe"
  sed -i -f "$here/modules/rdma_rxe.sed" "$work/rxe/rxe_verbs.c"
  grep -q 'dev.parent = ndev' "$work/rxe/rxe_verbs.c" || fail "rdma_rxe of $version is not what modules/rdma_rxe.sed expects"
  # Type information would need pahole and the kernel's own; nothing here loads BPF.
  in_tools make -s -j"$(nproc)" -C "/usr/src/linux-headers-$version" M=/modules CONFIG_DEBUG_INFO_BTF_MODULES= \
    CONFIG_VP_VDPA=m CONFIG_NETDEVSIM=m CONFIG_RDMA_RXE=m modules
  in_tools sh -c 'cd /modules && strip --strip-debug */*.ko'
}

# The guest's kernel, its first root and its root disk.
build_images() {
  local version=$1 root=$cache/rootfs images=$cache/images target module
  target=$root/usr/lib/modules/$version
  mkdir -p "$images"; rm -rf "$root"/usr/lib/modules/*; mkdir -p "$target/updates"
  cp "$cache/tools/kernel/lib/modules/$version"/modules.{builtin,builtin.modinfo,order} "$target/"
  # Uncompressed, since a guest without KVM takes long to unpack them.
  for module in $kernel_modules; do
    in_tools modprobe -d /kernel -S "$version" --show-depends "$module" || fail "Debian's kernel has no module $module"
  done | awk '$1 == "insmod" { print $2 }' | sort -u | while read -r module; do
    module=${module#/kernel/lib/modules/"$version"/}
    mkdir -p "$target/$(dirname "$module")"
    xz -dc "$cache/tools/kernel/lib/modules/$version/$module" > "$target/${module%.xz}"
  done
  cp "$cache"/tools/modules/*/*.ko "$target/updates/"
  chroot "$root" depmod "$version"
  install -m 755 "$here/guest/init" "$root/sbin/e2e-init"
  rm -f "$images/root.ext4"
  mount_tools_and mke2fs -q -F -t ext4 -O ^has_journal,^metadata_csum -m 0 -d /rootfs /images/root.ext4 2G
  pack_initrd "$version"
  rm -f "$images/vmlinux"
  unpack_kernel "$cache/tools/kernel/boot/vmlinuz-$version" "$images/vmlinux"
  echo "$version" > "$images/version"
  rm -f "$images/kvm"  # boot.sh's answer to whether KVM runs this kernel
}

# Runs a command in the tools' chroot with the guest's root and the images in sight.
# shellcheck disable=SC2016 # the inner shell expands it
mount_tools_and() {
  mkdir -p "$cache"/tools/{rootfs,images}
  unshare -m sh -ec 'cache=$1; shift
    mount --bind "$cache/rootfs" "$cache/tools/rootfs"; mount --bind "$cache/images" "$cache/tools/images"
    exec chroot "$cache/tools" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"' sh "$cache" "$@"
}

pack_initrd() {
  local version=$1 tree=$cache/tools/initrd module
  rm -rf "$tree"; mkdir -p "$tree"/{bin,lib,proc,dev,new}
  cp "$cache/tools/bin/busybox" "$tree/bin/"
  install -m 755 "$here/guest/initrd-init" "$tree/init"
  for module in virtio_blk ext4 crc32c_generic; do
    chroot "$cache/rootfs" modprobe -S "$version" --show-depends "$module"
  done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' | while read -r module; do
    cp "$cache/rootfs$module" "$tree/lib/"
    basename "$module" >> "$tree/order"
  done
  in_tools sh -c 'cd /initrd && find . | cpio -o -H newc --quiet' > "$cache/images/initrd"
}

# An uncompressed kernel boots by PVH and skips its own unpacking, which is slow without KVM.
unpack_kernel() {
  local offset offsets
  mapfile -t offsets < <(LC_ALL=C grep -abo -P '\x28\xb5\x2f\xfd' "$1" | cut -d: -f1)
  for offset in "${offsets[@]}"; do
    tail -c "+$((offset + 1))" "$1" | in_tools zstd -dc 2>/dev/null > "$cache/images/unpacked" || true
    if [ "$(head -c 4 "$cache/images/unpacked" | tail -c 3)" = ELF ]; then
      mv "$cache/images/unpacked" "$2"
      break
    fi
  done
  [ -e "$2" ] || fail "no compressed kernel in $1"
}

# build_programs DIRECTORY COMMAND...: Kubernetes' programs. Debian ships none of the node's, but bookworm's source
# package holds all of Kubernetes, with what it is built from.
# shellcheck disable=SC2016 # the inner shell expands it
build_programs() {
  local work=$cache/tools/kubernetes into=$1; shift
  rm -rf "$work"; mkdir -p "$work/go/src/k8s.io" "$work/bin" "$into"
  download golang-1.19-go "$cache/tools"
  download golang-1.19-src "$cache/tools"
  (cd "$work" && private_apt source --download-only kubernetes)
  mkdir "$work/source"
  in_tools sh -ec 'for part in /kubernetes/*.orig*.tar.*; do tar -xf "$part" -C /kubernetes/source; done
    ln -s "$(echo /kubernetes/source/*)" /kubernetes/go/src/k8s.io/kubernetes'
  in_tools env GO111MODULE=off GOPATH=/kubernetes/go GOROOT=/usr/lib/go-1.19 GOCACHE=/kubernetes/cache CGO_ENABLED=0 \
    GOFLAGS="-p=${jobs:-$(nproc)}" sh -ec 'cd /kubernetes/go/src/k8s.io/kubernetes
      case " $* " in *kube-apiserver*)
        # The source lacks one generated file, the description of the API.
        /usr/lib/go-1.19/bin/go build -o /kubernetes/openapi-gen ./vendor/k8s.io/kube-openapi/cmd/openapi-gen
        PATH=/usr/lib/go-1.19/bin:$PATH /kubernetes/openapi-gen -O zz_generated.openapi -r /kubernetes/violations \
          -p k8s.io/kubernetes/pkg/generated/openapi -h hack/boilerplate/boilerplate.generatego.txt \
          -i "$(grep -rl --include="*.go" "+k8s:openapi-gen=" staging/src/k8s.io pkg cmd | grep -v "zz_generated\|/testdata/\|_examples\|sample-apiserver\|code-generator" |
            xargs -n1 dirname | sort -u | sed "s#^staging/src/#k8s.io/kubernetes/vendor/#; /^k8s.io/!s#^#k8s.io/kubernetes/#" | paste -sd,)" ;;
      esac
      version=k8s.io/kubernetes/vendor/k8s.io/component-base/version
      versions="-X $version.gitVersion=v1.20.2 -X $version.gitMajor=1 -X $version.gitMinor=20"
      exec /usr/lib/go-1.19/bin/go build -ldflags "-s -w $versions" -o /kubernetes/bin/ "$@"' sh "${@/#/./cmd/}"
  mv "$work"/bin/* "$into/"
  rm -rf "$work"
}

build_kubelet() { build_programs "$cache" kubelet; }

build_kube() {
  build_programs "$cache/kube" kube-apiserver kube-controller-manager kube-scheduler kubelet kubectl
  download etcd-server "$cache/kube/etcd-server"
  mv "$cache/kube/etcd-server/usr/bin/etcd" "$cache/kube/"
  rm -r "$cache/kube/etcd-server"
}

sum_of() { (cd "$here" && find "$@" -type f -print0 | sort -z | xargs -0 sha256sum); }

mkdir -p "$cache"
exec 9> "$cache/lock"
flock -n 9 || { say "waiting for another build"; flock 9; }
if [ "${1-}" = here ]; then
  stage rootfs "$guest_packages" "${sources[@]}"
  say "ready in $cache"
  exit
fi
stage tools "$tools_packages" "${sources[@]}"
stage rootfs "$guest_packages" "${sources[@]}"
version=$(basename "$cache"/tools/usr/src/linux-headers-6.12.*-amd64 | sed 's/^linux-headers-//')
stage kernel "$version"
stage modules "$version" "$(sum_of modules)"
stage images "$version" "$kernel_modules" "$(cat "$cache"/{rootfs,kernel,modules}.built)" "$(sum_of guest/init guest/initrd-init)"
if [ "${1-}" = kubelet ] || [ "${1-}" = kube ]; then
  # Scenarios need not wait for it.
  exec 8> "$cache/kubernetes.lock"
  flock 8
  flock -u 9
  stage "$1" "${sources[@]}" "$(declare -f build_programs)"
fi
say "ready in $cache"
