#!/usr/bin/env python3
"""Runs real applications in containers under `shmeter watch`: each with a /dev/shm that is too small, one that is
large enough, and with a cause that is not shared memory, and checks what it says.

Usage: scripts/watch-apps [--image IMAGE] [--rounds N] [--bisect] [--only NAME,...] [--out FILE]

  --image IMAGE   built with debootstrap from Debian where it is missing (default: shmeter-watch-apps); heavy ones
                  have images of their own: IMAGE-native (open-mpi, xvfb, go), IMAGE-chromium, IMAGE-paddle
  --rounds N      runs with the size that was printed (default: 20)
  --bisect        find the smallest size that works, too
  --only NAME,... of the applications: postgresql, shared-memory, pool, sqlite, java, open-mpi, xvfb, chromium, go,
                  paddle; only their images are built
  --out FILE      the table as Markdown

Needs root, docker and debootstrap, and target/*/debug/shmeter or $SHMETER. Exit code 1: a row says otherwise."""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
MIB = 1 << 20

# What is in an image, and what is done in it.
IMAGES = {
    "": ("postgresql,python3-minimal,python3,sqlite3,default-jdk-headless", r"""javac -d / /Map.java
bin=$(echo /usr/lib/postgresql/*/bin); mkdir /pg; chown postgres /pg
su postgres -c "$bin/initdb -D /pg -A trust >/dev/null"
su postgres -c "$bin/pg_ctl -D /pg -s -w -o '-k /tmp -c listen_addresses=' -l /tmp/log start"
su postgres -c "psql -q -h /tmp -c 'create table t as select g k, repeat(chr(97), 60) v from generate_series(1,400000) g' -c 'analyze t'"
su postgres -c "$bin/pg_ctl -D /pg -s -m fast stop"
"""),
    "native": ("openmpi-bin,libopenmpi-dev,gcc,libc6-dev,golang-go,xvfb,python3-minimal,python3,libx11-6,libxext6", r"""mpicc -O2 -o /window /window.c
CGO_ENABLED=0 GOCACHE=/tmp/go go build -o /go-map /map.go; rm -r /tmp/go
"""),
    "chromium": ("chromium", "/chromium.sh --disable-dev-shm-usage file:///page.html || mv /tmp/page.png /page.png; rm -r /tmp/user"),
    "paddle": ("python3,python3-pip,libgomp1", "pip install -q --no-cache-dir --break-system-packages paddlepaddle"),
}
IMAGE_OF = {"open-mpi": "native", "xvfb": "native", "go": "native", "chromium": "chromium", "paddle": "paddle"}

FILES = {
    # A cluster of its own, its log on stderr, and one statement.
    "pg": r"""#!/bin/bash
bin=$(echo /usr/lib/postgresql/*/bin)
su postgres -c "$bin/postgres -D /pg -k /tmp -c listen_addresses= -c logging_collector=off -c dynamic_shared_memory_type=posix" &
until su postgres -c "$bin/pg_isready -q -h /tmp"; do kill -0 $! || exit 1; sleep 0.05; done
su postgres -c "psql -qAt -h /tmp -v ON_ERROR_STOP=1 -f $1" >&2; code=$?
su postgres -c "$bin/pg_ctl -D /pg -s -m fast stop"; wait
exit $code
""",
    "join.sql": """set max_parallel_workers_per_gather = 2; set min_parallel_table_scan_size = 0; set parallel_setup_cost = 0;
set parallel_tuple_cost = 0; set work_mem = '64MB'; set enable_mergejoin = off; set enable_nestloop = off;
select count(*) from t a join t b using (k);
""",
    "locks.sql": """do $$ begin for i in 1..20000 loop execute format('create temp table l%s ()', i); end loop; end $$;
""",
    "shared-memory.py": """import sys
from multiprocessing import shared_memory
size = int(sys.argv[1]) << 20
one = shared_memory.SharedMemory(create=True, size=size)
for at in range(0, size, 4096):
    one.buf[at] = 1
one.close(); one.unlink()
""",
    "cut.py": """import mmap, os
from multiprocessing import shared_memory
one = shared_memory.SharedMemory(create=True, size=1 << 20)
os.truncate('/dev/shm/' + one.name, 4096)
one.buf[500000] = 1
""",
    "heap.py": """import sys
keep = [bytearray(1 << 20) for _ in range(int(sys.argv[1]))]
""",
    "pool.py": """import multiprocessing, sys
from multiprocessing import shared_memory
def work(size):
    one = shared_memory.SharedMemory(create=True, size=size)
    for at in range(0, size, 4096):
        one.buf[at] = 1
    multiprocessing.current_process().kept = one
    barrier.wait()
    one.close(); one.unlink()
    return size
if __name__ == '__main__':
    barrier = multiprocessing.get_context('fork').Barrier(4)
    with multiprocessing.get_context('fork').Pool(4) as pool:
        done = pool.map_async(work, [int(sys.argv[1]) << 18] * 4, chunksize=1)
        try:
            done.get(8)
        except multiprocessing.TimeoutError:
            sys.exit(9)
""",
    "Map.java": """import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
public class Map {
    public static void main(String[] words) throws Exception {
        int size = Integer.parseInt(words[0]) << 20;
        try (var file = new RandomAccessFile(words[1], "rw")) {
            var map = file.getChannel().map(FileChannel.MapMode.READ_WRITE, 0, size);
            new java.io.File(words[1]).delete();
            int limit = words.length > 2 ? Integer.parseInt(words[2]) : size;
            if (limit < size) file.setLength(limit);
            for (int at = 0; at < size; at += 4096) map.put(at, (byte) 1);
        }
    }
}
""",
    # Ranks send each other a message, then fill a shared window; or each fills its heap.
    "window.c": r"""#include <mpi.h>
#include <stdlib.h>
#include <string.h>
int main(int count, char **words) {
    MPI_Init(&count, &words);
    int rank, ranks, shared = words[1][0] == 'w';
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &ranks);
    MPI_Aint size = atol(words[2]) << 20;
    int with = (rank + 1) % ranks, from = (rank + ranks - 1) % ranks;
    char *message = calloc(1 << 20, 1), *other = malloc(1 << 20), *part;
    MPI_Sendrecv(message, 1 << 20, MPI_CHAR, with, 0, other, 1 << 20, MPI_CHAR, from, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    MPI_Win window;
    if (shared) MPI_Win_allocate_shared(size, 1, MPI_INFO_NULL, MPI_COMM_WORLD, &part, &window);
    else part = malloc(size);
    memset(part, 1, size);
    MPI_Barrier(MPI_COMM_WORLD);
    if (shared) MPI_Win_free(&window);
    MPI_Finalize();
    return 0;
}
""",
    "map.go": r"""package main

import (
	"os"
	"strconv"
	"syscall"
)

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	size, err := strconv.Atoi(os.Args[1])
	must(err)
	size <<= 20
	file, err := os.OpenFile(os.Args[2], os.O_RDWR|os.O_CREATE, 0600)
	must(err)
	must(file.Truncate(int64(size)))
	part, err := syscall.Mmap(int(file.Fd()), 0, size, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED)
	must(err)
	if len(os.Args) > 3 {
		limit, err := strconv.Atoi(os.Args[3])
		must(err)
		must(file.Truncate(int64(limit)))
	}
	for at := 0; at < size; at += 4096 {
		part[at] = 1
	}
}
""",
    # Its frame buffer in a folder, and a client whose picture is a System V segment. $1: as whom the server runs.
    "x.sh": r"""#!/bin/bash
mkdir -p -m 1777 /tmp/.X11-unix
setpriv --reuid="$1" --clear-groups Xvfb :7 -screen 0 "$2" -fbdir /dev/shm -nolisten tcp -ac &
until [ -S /tmp/.X11-unix/X7 ]; do kill -0 $! || { wait $!; exit; }; sleep 0.05; done
DISPLAY=:7 python3 /picture.py "$3" "$4"; code=$?
kill $!; wait $!
exit $code
""",
    "picture.py": r"""import ctypes, os, sys
x11, xext = ctypes.CDLL('libX11.so.6'), ctypes.CDLL('libXext.so.6')
libc = ctypes.CDLL(None, use_errno=True)
class Info(ctypes.Structure):
    _fields_ = [('seg', ctypes.c_ulong), ('id', ctypes.c_int), ('addr', ctypes.c_void_p), ('read_only', ctypes.c_int)]
word, number = ctypes.c_void_p, ctypes.c_int
def function(library, name, result, *words):
    one = getattr(library, name)
    one.restype, one.argtypes = result, words
    return one
wide, high = map(int, sys.argv[1:3])
display = function(x11, 'XOpenDisplay', word, ctypes.c_char_p)(None)
if not display:
    sys.exit('cannot open display')
screen = function(x11, 'XDefaultScreen', number, word)(display)
visual = function(x11, 'XDefaultVisual', word, word, number)(display, screen)
root = function(x11, 'XDefaultRootWindow', ctypes.c_ulong, word)(display)
gc = function(x11, 'XDefaultGC', word, word, number)(display, screen)
sync = function(x11, 'XSync', number, word, number)
info = Info()
info.id = function(libc, 'shmget', number, number, ctypes.c_size_t, number)(0, wide * high * 4, 0o1600)
if info.id < 0:
    sys.exit('shmget: ' + os.strerror(ctypes.get_errno()))
info.addr = function(libc, 'shmat', word, number, word, number)(info.id, None, 0)
make = function(xext, 'XShmCreateImage', word, word, word, ctypes.c_uint, number, word, word, ctypes.c_uint, ctypes.c_uint)
image = make(display, visual, 24, 2, info.addr, ctypes.addressof(info), wide, high)
function(xext, 'XShmAttach', number, word, word)(display, ctypes.addressof(info))
sync(display, 0)
function(libc, 'shmctl', number, number, number, word)(info.id, 0, None)
ctypes.memset(info.addr, 0x55, wide * high * 4)
put = function(xext, 'XShmPutImage', number, word, ctypes.c_ulong, word, word, *[number] * 4, ctypes.c_uint, ctypes.c_uint, number)
put(display, root, gc, image, 0, 0, 0, 0, wide, high, 0)
sync(display, 0)
""",
    # It waits for ever where a process of its own is gone, or ends well with a part of the picture, or none.
    "chromium.sh": r"""#!/bin/bash
timeout 20 chromium --headless --no-sandbox --disable-gpu --user-data-dir=/tmp/user --window-size=2000,8000 --screenshot=/tmp/page.png "$@" || exit
cmp /tmp/page.png /page.png
""",
    "page.html": """<!doctype html><title>large</title><body><script>
for (let i = 0; i < 24; i++) {
  const one = document.createElement('canvas');
  one.width = one.height = 1500;
  const on = one.getContext('2d');
  for (let at = 0; at < 1500; at += 10) { on.fillStyle = `hsl(${at + i * 15} 90% 50%)`; on.fillRect(at, 0, 10, 1500); }
  document.body.append(one);
}
</script>
""",
    "heap.html": """<!doctype html><title>heap</title><body><script>
const keep = [];
for (let i = 0; i < 3000; i++) keep.push(new Uint8Array(1 << 20).fill(1));
document.body.append('held ' + keep.length);
</script>
""",
    # Batches of 4 MiB from two workers; $1: how many wait at a time; $2: a file that each of them reads.
    "loader.py": """import sys, time
import numpy, paddle
class Pictures(paddle.io.Dataset):
    def __len__(self):
        return 64
    def __getitem__(self, at):
        if len(sys.argv) > 2:
            open(sys.argv[2]).read()
        return numpy.ones((1 << 20,), dtype='float32')
loader = paddle.io.DataLoader(Pictures(), batch_size=4, num_workers=2, use_shared_memory=True, prefetch_factor=int(sys.argv[1]), places=paddle.CPUPlace())
total = 0
for batch in loader:
    time.sleep(0.1)
    total += float(batch[0].sum() if isinstance(batch, (list, tuple)) else batch.sum())
print(total)
""",
}

MPI = ["mpirun", "--allow-run-as-root", "--oversubscribe", "-n", "2", "/window"]

# name, row, options of docker, command, verdict, needle in why, process, file
TABLE = [
    ("postgresql", "too small", ["--shm-size=8m"], ["/pg.sh", "/join.sql"], "shared-memory", "", "", ""),
    ("postgresql", "large enough", ["--shm-size=512m"], ["/pg.sh", "/join.sql"], "ok", "", "", ""),
    ("postgresql", "lock table", ["--shm-size=512m"], ["/pg.sh", "/locks.sql"], "not-shared-memory", "", "", ""),
    ("shared-memory", "too small", ["--shm-size=64m"], ["python3", "/shared-memory.py", "100"], "shared-memory", "was full", "python3", "/dev/shm/psm_"),
    ("shared-memory", "large enough", ["--shm-size=256m"], ["python3", "/shared-memory.py", "100"], "ok", "", "", ""),
    ("shared-memory", "truncated file", ["--shm-size=64m"], ["python3", "/cut.py"], "not-shared-memory", "truncated", "python3", "/dev/shm/psm_"),
    ("shared-memory", "heap", ["--memory=128m", "--memory-swap=128m"], ["python3", "/heap.py", "400"], "memory", "not the cause", "", ""),
    ("pool", "too small", ["--shm-size=64m"], ["python3", "/pool.py", "100"], "shared-memory", "was full", "python3", "/dev/shm/psm_"),
    ("pool", "large enough", ["--shm-size=256m"], ["python3", "/pool.py", "100"], "ok", "", "", ""),
    ("sqlite", "too small", ["--shm-size=16m"], ["sqlite3", "/dev/shm/db", "pragma journal_mode=off; create table t(x); insert into t select zeroblob(1000) from generate_series(1,40000);"], "shared-memory", "", "", ""),
    ("sqlite", "large enough", ["--shm-size=256m"], ["sqlite3", "/dev/shm/db", "pragma journal_mode=off; create table t(x); insert into t select zeroblob(1000) from generate_series(1,40000);"], "ok", "", "", ""),
    ("sqlite", "disk full", ["--tmpfs=/small:size=8m"], ["sqlite3", "/small/db", "pragma journal_mode=off; create table t(x); insert into t select zeroblob(1000) from generate_series(1,40000);"], "unknown|not-shared-memory", "", "", ""),
    ("java", "too small", ["--shm-size=64m"], ["java", "-Xshare:auto", "-cp", "/", "Map", "100", "/dev/shm/map"], "shared-memory", "was full", "java", "/dev/shm/map"),
    ("java", "large enough", ["--shm-size=256m"], ["java", "-cp", "/", "Map", "100", "/dev/shm/map"], "ok", "", "", ""),
    ("java", "truncated file", ["--shm-size=256m"], ["java", "-cp", "/", "Map", "10", "/dev/shm/map", "4096"], "not-shared-memory", "truncated", "java", "/dev/shm/map"),
    ("open-mpi", "too small", ["--shm-size=16m"], [*MPI, "w", "32"], "shared-memory", "", "", ""),
    ("open-mpi", "window too small", ["--shm-size=48m"], [*MPI, "w", "32"], "shared-memory", "", "", ""),
    ("open-mpi", "large enough", ["--shm-size=256m"], [*MPI, "w", "32"], "ok", "", "", ""),
    ("open-mpi", "heap", ["--memory=256m", "--memory-swap=256m"], [*MPI, "h", "300"], "memory", "not the cause", "", ""),
    ("open-mpi", "session folder full", ["--tmpfs=/tmp:size=32k"], [*MPI, "w", "8"], "not-shared-memory", "not the one at /dev/shm", "prterun", "/tmp/prterun."),
    ("xvfb", "too small", ["--shm-size=4m"], ["/x.sh", "0", "1920x1080x24", "1000", "1000"], "shared-memory", "", "", ""),
    ("xvfb", "large enough", ["--shm-size=64m"], ["/x.sh", "0", "1920x1080x24", "1000", "1000"], "ok", "", "", ""),
    ("xvfb", "kernel.shmall too small", ["--sysctl=kernel.shmall=512"], ["/x.sh", "0", "1920x1080x24", "1000", "1000"], "shared-memory", "", "", ""),
    ("xvfb", "permission", ["--shm-size=64m"], ["/x.sh", "65534", "1920x1080x24", "1000", "1000"], "not-shared-memory", "", "", ""),
    ("chromium", "too small", ["--shm-size=64m"], ["/chromium.sh", "file:///page.html"], "shared-memory", "", "", ""),
    ("chromium", "much too small", ["--shm-size=1m"], ["/chromium.sh", "file:///page.html"], "shared-memory", "", "", ""),
    ("chromium", "large enough", ["--shm-size=1g"], ["/chromium.sh", "file:///page.html"], "ok", "", "", ""),
    ("chromium", "heap", ["--shm-size=1g", "--memory=600m", "--memory-swap=600m"], ["/chromium.sh", "file:///heap.html"], "memory", "not the cause", "", ""),
    ("go", "too small", ["--shm-size=64m"], ["/go-map", "100", "/dev/shm/map"], "shared-memory", "was full", "go-map", "/dev/shm/map"),
    ("go", "large enough", ["--shm-size=256m"], ["/go-map", "100", "/dev/shm/map"], "ok", "", "", ""),
    ("go", "truncated file", ["--shm-size=256m"], ["/go-map", "10", "/dev/shm/map", "4096"], "not-shared-memory", "truncated", "go-map", "/dev/shm/map"),
    ("go", "disk full", ["--tmpfs=/small:size=8m"], ["/go-map", "10", "/small/map"], "not-shared-memory", "not the one at /dev/shm", "go-map", "/small/map"),
    ("paddle", "too small", ["--shm-size=64m"], ["python3", "/loader.py", "4"], "shared-memory", "was full", "python3", "/dev/shm/paddle_"),
    ("paddle", "large enough", ["--shm-size=512m"], ["python3", "/loader.py", "4"], "ok", "", "", ""),
    ("paddle", "missing file", ["--shm-size=512m"], ["python3", "/loader.py", "4", "/missing"], "not-shared-memory", "", "", ""),
    ("paddle", "heap", ["--memory=128m", "--memory-swap=128m"], ["python3", "/loader.py", "4"], "memory", "not the cause", "", ""),
]


def run(*words, **options):
    return subprocess.run(words, check=True, **options)


def build(image, packages, commands):
    if subprocess.run(["docker", "image", "inspect", image], capture_output=True).returncode == 0:
        return
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder) / "root"
        run("debootstrap", "--variant=minbase", f"--include={packages}", "stable", str(root), stdout=sys.stderr)
        for name, text in FILES.items():
            file = root / ("pg.sh" if name == "pg" else name)
            file.write_text(text)
            file.chmod(0o755)
        # The certificates of this machine: pip may go through its proxy.
        mounts = ["proc", "etc/ssl/certs"]
        for one in mounts:
            (root / one).mkdir(parents=True, exist_ok=True)
            run("mount", "--bind", f"/{one}", str(root / one))
        try:
            run("chroot", str(root), "bash", "-ec", commands)
        finally:
            run("umount", *(str(root / one) for one in mounts))
        tar = subprocess.Popen(["tar", "-C", str(root), "-c", "."], stdout=subprocess.PIPE)
        run("docker", "import", "-", image, stdin=tar.stdout, stdout=subprocess.DEVNULL)


def shmeter():
    if "SHMETER" in os.environ:
        return pathlib.Path(os.environ["SHMETER"]).resolve()
    found = sorted(ROOT.glob("target/*/debug/shmeter"), key=lambda file: file.stat().st_mtime)
    return found[-1]


def watch(image, options, command, binary):
    with tempfile.TemporaryDirectory() as folder:
        words = ["docker", "run", "--rm", "--network=none", "-v", f"{binary}:/shmeter:ro", "-v", f"{folder}:/out", *options]
        words += ["--entrypoint=/shmeter", image, "watch", "--trace", "signals", "--scan", "--report", "/out/report.json", "--"]
        done = subprocess.run(words + command, capture_output=True, timeout=300, text=True)
        report = pathlib.Path(folder) / "report.json"
        if not report.exists() or not report.read_text():
            raise SystemExit(f"no report: {command}: {done.stderr}")
        return done.returncode, json.loads(report.read_text())


def works(image, options, command, binary, size):
    return watch(image, [*options, f"--shm-size={size}"], command, binary)[0] == 0


def size_of(options):
    return next((word.split("=")[1] for word in options if word.startswith("--shm-size=")), "64m")


def bytes_of(size):
    return int(size[:-1]) << {"k": 10, "m": 20, "g": 30}[size[-1]]


def main():
    parser = argparse.ArgumentParser(
        usage=argparse.SUPPRESS, description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--image", default="shmeter-watch-apps")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--bisect", action="store_true")
    parser.add_argument("--only", default="")
    parser.add_argument("--out")
    asked = parser.parse_args()
    binary = shmeter()
    only = [name for name in asked.only.split(",") if name]
    table = [row for row in TABLE if not only or row[0] in only]
    image_of = {name: "-".join(filter(None, [asked.image, IMAGE_OF.get(name)])) for name, *_ in table}
    for suffix in sorted({IMAGE_OF.get(name, "") for name in image_of}):
        build("-".join(filter(None, [asked.image, suffix])), *IMAGES[suffix])
    lines = ["| application | row | /dev/shm | exit | verdict | process, file | peak | needs | right |", "|---|---|---|---|---|---|---|---|---|"]
    sizes = ["| application | size printed | runs that end well | smallest that works | ratio |", "|---|---|---|---|---|"]
    wrong = 0
    for name, row, options, command, verdict, needle, process, file in table:
        image = image_of[name]
        code, told = watch(image, options, command, binary)
        incident = next((one for one in told["incidents"] if one["what"] == "sigbus"), {})
        right = told["verdict"] in verdict.split("|") and needle in told["why"]
        if process:
            right = right and incident.get("process") == process and (incident.get("object") or "").startswith(file)
        needed = told["needed"]
        # A size of /dev/shm that failed is no advice, nor is one where another limit was too small.
        if told["verdict"] == "shared-memory" and needed["shm_bytes"]:
            right = right and needed["shm_bytes"] >= bytes_of(size_of(options))
        wrong += not right
        needs = "-" if needed["shm_bytes"] is None else f"{needed['basis']} {needed['shm_bytes'] / MIB:.0f} MiB"
        where = f"{incident.get('process')}, {incident.get('object')} at {incident.get('offset_bytes', 0) / MIB:.1f} MiB" if incident else "-"
        peak = f"{told['peak']['posix']['bytes'] / MIB:.1f} MiB"
        lines.append(f"| {name} | {row} | {size_of(options)} | {code} | {told['verdict']} | {where} | {peak} | {needs} | {'yes' if right else 'NO: ' + told['why']} |")
        print(lines[-1], file=sys.stderr)
        if row == "large enough" and needed["shm_bytes"]:
            rest = [word for word in options if not word.startswith("--shm-size")]
            good = sum(works(image, rest, command, binary, needed["shm_bytes"]) for _ in range(asked.rounds))
            wrong += good != asked.rounds
            smallest, ratio = "-", "-"
            if asked.bisect:
                low, high = 0, needed["shm_bytes"] // MIB
                while high - low > 1:
                    middle = (low + high) // 2
                    if works(image, rest, command, binary, f"{middle}m"):
                        high = middle
                    else:
                        low = middle
                smallest, ratio = f"{high} MiB", f"{needed['shm_bytes'] / MIB / high:.2f}"
            sizes.append(f"| {name} | {needed['shm_bytes'] / MIB:.0f} MiB | {good} of {asked.rounds} | {smallest} | {ratio} |")
            print(sizes[-1], file=sys.stderr)
    text = "\n".join(lines) + "\n\n" + "\n".join(sizes) + "\n"
    if asked.out:
        pathlib.Path(asked.out).write_text(text)
    else:
        print(text)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
