"""Draws the inventory page of a node with 64 virtual functions, light and dark, for README and the manual.

Usage: picture.py BINARY DIRECTORY. CHROME names the browser; without it the first one on PATH is taken.

node.tree has the shapes of Tests/Fixtures/Machines, repeated. The pods come from a stand-in for kubelet's podresources."""
import concurrent.futures
import contextlib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import grpc
from PIL import Image

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / "Fixtures/Wire"))
from schema import CLASSES, message  # noqa: E402

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# The page as it is without the room for a device's facts below it, at two pixels a unit.
WIDTH, HEIGHT, SCALE = 1180, 976, 2
# README is loaded over slow lines too.
MOST_BYTES = 200_000
LOOKS = {"light": [], "dark": ["--force-dark-mode"]}


def vf(bus, number):
    return f"0000:{bus}:{(number + 8) // 8:02x}.{number % 8}"


def vfs(bus, numbers):
    return [vf(bus, number) for number in numbers]


NET, DPDK, RDMA = "intel.com/sriov_net", "intel.com/sriov_dpdk", "nvidia.com/rdma"
# Namespace and name, container, and the units of each resource.
PODS = [
    ("telco/upf-0", "upf", {DPDK: vfs("3b", range(12, 15)), RDMA: vfs("5e", range(2))}),
    ("telco/upf-1", "upf", {DPDK: vfs("3b", range(16, 20))}),
    ("telco/du-0", "du", {DPDK: vfs("3b", range(22, 24))}),
    ("train/worker-0", "trainer", {RDMA: vfs("5e", range(4, 8))}),
    ("train/worker-1", "trainer", {RDMA: vfs("5e", range(8, 12))}),
    ("web/frontend-0", "nginx", {NET: vfs("3b", [0])}),
    ("web/frontend-1", "nginx", {NET: vfs("3b", [2])}),
    ("web/frontend-2", "nginx", {NET: vfs("3b", [5])}),
]


class PodResources(grpc.GenericRpcHandler):
    """kubelet's list of pods and their devices."""

    def service(self, call):
        request, answer = CLASSES["v1.ListPodResourcesRequest"], CLASSES["v1.ListPodResourcesResponse"]
        if call.method != "/v1.PodResourcesLister/List":
            return None
        return grpc.unary_unary_rpc_method_handler(
            self.list, request_deserializer=request.FromString, response_serializer=answer.SerializeToString)

    @staticmethod
    def list(_request, _context):
        def pod(path, container, units):
            namespace, name = path.split("/")
            devices = [{"resource_name": resource, "device_ids": ids} for resource, ids in units.items()]
            return {"namespace": namespace, "name": name, "containers": [{"name": container, "devices": devices}]}
        return message("v1.ListPodResourcesResponse", pod_resources=[pod(*each) for each in PODS])


@contextlib.contextmanager
def kubelet(directory):
    place = directory / "kubelet/pod-resources"
    place.mkdir(parents=True)
    server = grpc.server(concurrent.futures.ThreadPoolExecutor(2), handlers=[PodResources()])
    server.add_insecure_port(f"unix:{place}/kubelet.sock")
    server.start()
    try:
        yield place.parent
    finally:
        server.stop(None).wait()


def browser():
    named = os.environ.get("CHROME")
    found = shutil.which(named) if named else next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        what = f"{named} is not a program" if named else f"none of {', '.join(BROWSERS)} is on PATH"
        raise SystemExit(f"picture: {what}: install Chromium or Chrome, or run make picture CHROME=/path/to/it")
    return found


def with_palette(image):
    """The image in its 256 most frequent colours, a third of the size: what is lost are shades on the edges of letters."""
    colours = sorted(image.getcolors(image.width * image.height), reverse=True)[:256]
    palette = Image.new("P", (1, 1))
    palette.putpalette([part for _, colour in colours for part in colour])
    return image.quantize(palette=palette, dither=Image.Dither.NONE)


def draw(program, page, look, target):
    flags = ["--headless", "--hide-scrollbars", f"--window-size={WIDTH},{HEIGHT}",
             f"--force-device-scale-factor={SCALE}", f"--user-data-dir={page.parent}/profile", f"--screenshot={target}"]
    if os.geteuid() == 0:
        # Chromium's sandbox refuses root. The page is our own.
        flags.append("--no-sandbox")
    done = subprocess.run([program, *flags, *LOOKS[look], page.as_uri()], capture_output=True, text=True, timeout=120, check=False)
    if done.returncode != 0 or not target.exists():
        raise SystemExit(f"picture: {program} has drawn nothing: {done.stderr.strip()[-500:]}")
    with_palette(Image.open(target).convert("RGB")).save(target, optimize=True)
    if target.stat().st_size > MOST_BYTES:
        raise SystemExit(f"picture: {target} has {target.stat().st_size} bytes, more than {MOST_BYTES}")
    print(f"{target}: {target.stat().st_size} bytes")


def main():
    binary, pictures = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2]).resolve()
    program = browser()
    pictures.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="devicepool-picture-") as temporary:
        directory = pathlib.Path(temporary)
        with kubelet(directory) as place:
            page = subprocess.run(
                [binary, "inventory", "-machine", "node.tree", "-config-file", "config.json", "-node-name", "worker-7",
                 "-kubelet-dir", place, "-o", "html"], cwd=HERE, stdout=subprocess.PIPE, check=True).stdout
        (directory / "page.html").write_bytes(page)
        for look in LOOKS:
            draw(program, directory / "page.html", look, pictures / f"inventory-{look}.png")


if __name__ == "__main__":
    main()
