#!/usr/bin/env python3
"""Runs real applications in containers under `shmeter watch`: each with a /dev/shm that is too small, one that is
large enough, and with a cause that is not shared memory, and checks what it says.

Usage: scripts/watch-apps [--image IMAGE] [--rounds N] [--bisect] [--only NAME,...] [--out FILE]

  --image IMAGE   built with debootstrap from Debian where it is missing (default: shmeter-watch-apps)
  --rounds N      runs with the size that was printed (default: 20)
  --bisect        find the smallest size that works, too
  --only NAME,... of the applications: postgresql, shared-memory, pool, sqlite, java
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
PACKAGES = "postgresql,python3-minimal,python3,sqlite3,default-jdk-headless"
MIB = 1 << 20

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
}

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
]


def run(*words, **options):
    return subprocess.run(words, check=True, **options)


def build(image):
    if subprocess.run(["docker", "image", "inspect", image], capture_output=True).returncode == 0:
        return
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder) / "root"
        run("debootstrap", "--variant=minbase", f"--include={PACKAGES}", "stable", str(root), stdout=sys.stderr)
        for name, text in FILES.items():
            file = root / ("pg.sh" if name == "pg" else name)
            file.write_text(text)
            file.chmod(0o755)
        chroot = ["chroot", str(root), "bash", "-ec"]
        run("mount", "--bind", "/proc", f"{root}/proc")
        try:
            run(*chroot, "javac -d / /Map.java")
            run(*chroot, """bin=$(echo /usr/lib/postgresql/*/bin); mkdir /pg; chown postgres /pg
                su postgres -c "$bin/initdb -D /pg -A trust >/dev/null"
                su postgres -c "$bin/pg_ctl -D /pg -s -w -o '-k /tmp -c listen_addresses=' -l /tmp/log start"
                su postgres -c "psql -q -h /tmp -c 'create table t as select g k, repeat(chr(97), 60) v from generate_series(1,400000) g' -c 'analyze t'"
                su postgres -c "$bin/pg_ctl -D /pg -s -m fast stop" """)
        finally:
            run("umount", f"{root}/proc")
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
        done = subprocess.run(words + command, capture_output=True, timeout=120, text=True)
        report = pathlib.Path(folder) / "report.json"
        if not report.exists() or not report.read_text():
            raise SystemExit(f"no report: {command}: {done.stderr}")
        return done.returncode, json.loads(report.read_text())


def works(image, options, command, binary, size):
    return watch(image, [*options, f"--shm-size={size}"], command, binary)[0] == 0


def size_of(options):
    return next((word.split("=")[1] for word in options if word.startswith("--shm-size=")), "64m")


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
    build(asked.image)
    binary = shmeter()
    only = [name for name in asked.only.split(",") if name]
    lines = ["| application | row | /dev/shm | exit | verdict | process, file | peak | needs | right |", "|---|---|---|---|---|---|---|---|---|"]
    sizes = ["| application | size printed | runs that end well | smallest that works | ratio |", "|---|---|---|---|---|"]
    wrong = 0
    for name, row, options, command, verdict, needle, process, file in TABLE:
        if only and name not in only:
            continue
        code, told = watch(asked.image, options, command, binary)
        incident = next((one for one in told["incidents"] if one["what"] == "sigbus"), {})
        right = told["verdict"] in verdict.split("|") and needle in told["why"]
        if process:
            right = right and incident.get("process") == process and (incident.get("object") or "").startswith(file)
        wrong += not right
        needed = told["needed"]
        needs = "-" if needed["shm_bytes"] is None else f"{needed['basis']} {needed['shm_bytes'] / MIB:.0f} MiB"
        where = f"{incident.get('process')}, {incident.get('object')} at {incident.get('offset_bytes', 0) / MIB:.1f} MiB" if incident else "-"
        peak = f"{told['peak']['posix']['bytes'] / MIB:.1f} MiB"
        lines.append(f"| {name} | {row} | {size_of(options)} | {code} | {told['verdict']} | {where} | {peak} | {needs} | {'yes' if right else 'NO: ' + told['why']} |")
        print(lines[-1], file=sys.stderr)
        if row == "large enough" and needed["shm_bytes"]:
            rest = [word for word in options if not word.startswith("--shm-size")]
            good = sum(works(asked.image, rest, command, binary, needed["shm_bytes"]) for _ in range(asked.rounds))
            wrong += good != asked.rounds
            smallest, ratio = "-", "-"
            if asked.bisect:
                low, high = 0, needed["shm_bytes"] // MIB
                while high - low > 1:
                    middle = (low + high) // 2
                    if works(asked.image, rest, command, binary, f"{middle}m"):
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
