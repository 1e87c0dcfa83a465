"""What `shmeter watch` costs a command that it watches (scripts/watch-overhead).

Usage: scripts/watch-overhead [--rounds N] [--only NAME,...] [--out FILE] [--install]

Runs each command in three modes: without watch, with watch (sampling), and with
watch --trace signals. The three runs of a round follow each other, in another
order each time, so that a change of the machine's speed falls on all of them.
Prints medians of seconds and of CPU seconds, and of each round's ratio to the run
without watch, with an interval of 95 % of that median (order statistics; of fewer
than six rounds the whole range).

  --rounds N       rounds of each command (default: 21)
  --only NAME,...  some of: fork, gcc, initdb, pgbench, java, go, chromium
  --out FILE       write the result there as Markdown (default: standard output)
  --install        install what a command needs from Debian where it is missing
                   (gcc, postgresql, default-jdk-headless, golang-go, chromium); else that
                   command is left out, and named

A quiet machine is needed for figures that mean something: the load average is told.
The limits are those of the project: 1.02 for sampling, 1.03 with signals. Exit 1
where an interval lies above its limit as a whole. SHMETER=FILE takes that binary in
place of a new release build. Needs python3; initdb and pgbench need root, as
PostgreSQL runs as a user of its own.

  scripts/watch-overhead --rounds 3 --only fork
  scripts/watch-overhead --install --out results/DATE/watch-overhead.md
"""

import argparse
import ctypes
import math
import os
import pathlib
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
MODES = {
    "without": None,
    "sampling": [],
    "signals": ["--trace", "signals"],
}
LIMITS = {"sampling": 1.02, "signals": 1.03}

# Of fewer rounds there is no interval of 95 %.
ENOUGH = 6

# Exceptions and safepoints: the virtual machine gets SIGSEGV on purpose.
JAVA = """
public class Busy {
    static volatile Object sink;
    static int length(String text) {
        try { return text.length(); } catch (NullPointerException e) { return 0; }
    }
    public static void main(String[] arguments) throws Exception {
        Thread[] threads = new Thread[4];
        for (int t = 0; t < threads.length; t++) {
            threads[t] = new Thread(() -> {
                int sum = 0;
                for (int i = 0; i < 150_000_000; i++) {
                    if (i % 8 == 0) sink = new byte[256];
                    sum += length(i % 1000 == 0 ? null : "text");
                }
                sink = sum;
            });
            threads[t].start();
        }
        for (Thread thread : threads) thread.join();
    }
}
"""

# Loops without a call: the runtime preempts them with SIGURG, above all for its collector.
GO = """
package main

import (
	"runtime"
	"sync"
)

func main() {
	var all sync.WaitGroup
	for g := 0; g < 8; g++ {
		all.Add(1)
		go func() {
			defer all.Done()
			sum := 0
			for i := 0; i < 400_000_000; i++ {
				sum += i & 7
			}
			if sum < 0 {
				panic(sum)
			}
		}()
	}
	for i := 0; i < 200; i++ {
		_ = make([]byte, 1<<20)
		runtime.GC()
	}
	all.Wait()
}
"""

# Pictures through shared memory to the process that draws, and a script that works.
PAGE = """<canvas id=c width=1500 height=1500></canvas><script>
const pen = document.getElementById("c").getContext("2d");
let sum = 0;
for (let turn = 0; turn < 60; turn++) {
  for (let i = 0; i < 2000000; i++) sum += i & turn;
  for (let i = 0; i < 400; i++) { pen.fillStyle = `hsl(${i * turn}, 60%, 50%)`; pen.fillRect(i * 4, turn * 25, 40, 25); }
}
document.title = sum;
</script>"""

FORK = "i=0; while [ $i -lt 2000 ]; do /bin/true; i=$((i+1)); done"
GCC = 'i=0; while [ $i -lt 40 ]; do cc -O1 -c -o "$1/watched.o" "$2"; i=$((i+1)); done'
INITDB = 'rm -rf "$1/made" && initdb -D "$1/made" --no-sync --auth=trust >"$1/log"'
# The server is a child of the shell, which waits for it, so that its CPU time counts in each mode.
PGBENCH = """
postgres -D "$1/data" -k "$1" -c listen_addresses= -c fsync=off >"$1/log" 2>&1 &
server=$!
until pg_isready -q -h "$1"; do kill -0 $server || exit 1; sleep 0.05; done
pgbench -h "$1" -n -c 4 -j 2 -t 15000 postgres >"$1/said" 2>&1
code=$?
kill -INT $server
wait $server || code=1
exit $code
"""


class Missing(Exception):
    """A command that cannot be run here."""


def have(program, package, install):
    """Installs a package where its program is missing and that is allowed."""
    if shutil.which(program):
        return
    if not install:
        raise Missing(f"{program} is missing (Debian: {package}; --install)")
    if not have.updated:
        subprocess.run(["apt-get", "update", "-qq"], check=True, stdout=sys.stderr)
        have.updated = True
    quiet = ["apt-get", "install", "-qq", "-y", "--no-install-recommends", package]
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(quiet, check=False, stdout=sys.stderr, env=environment)
    if done.returncode or not shutil.which(program):
        raise Missing(f"{package} cannot be installed")


have.updated = False


def fork(_folder, _install):
    return ["sh", "-c", FORK], None


def gcc(folder, install):
    have("cc", "gcc", install)
    return ["sh", "-c", GCC, "sh", str(folder), str(ROOT / "tests/docker/watched.c")], None


def postgres(folder, install):
    """Where its programs lie, in a folder that belongs to its user."""
    if os.getuid() != 0:
        raise Missing("PostgreSQL runs as a user of its own, so this needs root")
    have("psql", "postgresql", install)
    lib = pathlib.Path("/usr/lib/postgresql")
    bins = sorted(lib.glob("*/bin"), key=lambda bin: int(bin.parent.name))
    if not bins or not (bins[-1] / "initdb").exists():
        raise Missing("PostgreSQL's initdb is missing (Debian: postgresql; --install)")
    shutil.chown(folder, "postgres", "postgres")
    environment = os.environ | {"PATH": f"{bins[-1]}:{os.environ['PATH']}"}
    user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    return user, environment


def initdb(folder, install):
    user, environment = postgres(folder, install)
    return [*user, "sh", "-c", INITDB, "sh", str(folder)], environment


def pgbench(folder, install):
    user, environment = postgres(folder, install)
    make = """
    initdb -D "$1/data" --no-sync --auth=trust &&
    pg_ctl -D "$1/data" -w -s -l "$1/log" -o "-k $1 -c listen_addresses= -c fsync=off" start &&
    pgbench -h "$1" -i -q -s 5 postgres; code=$?
    pg_ctl -D "$1/data" -w -s -m fast stop; exit $code
    """
    made = subprocess.run([*user, "sh", "-c", make, "sh", str(folder)], env=environment,
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    if made.returncode:
        raise Missing("pgbench cannot make its tables")
    return [*user, "sh", "-c", PGBENCH, "sh", str(folder)], environment


def java(folder, install):
    have("javac", "default-jdk-headless", install)
    (folder / "Busy.java").write_text(JAVA)
    subprocess.run(["javac", "-d", str(folder), str(folder / "Busy.java")], check=True)
    return ["java", "-Xmx128m", "-cp", str(folder), "Busy"], None


def go(folder, install):
    have("go", "golang-go", install)
    (folder / "busy.go").write_text(GO)
    environment = os.environ | {"GOCACHE": str(folder / "cache"), "GOFLAGS": "-mod=mod",
                                "GO111MODULE": "off"}
    subprocess.run(["go", "build", "-o", str(folder / "busy"), str(folder / "busy.go")],
                   check=True, env=environment)
    return [str(folder / "busy")], None


def chromium(folder, install):
    have("chromium", "chromium", install)
    (folder / "page.html").write_text(PAGE)
    # Root may run it without a sandbox only.
    return ["chromium", "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder / 'user'}",
            "--window-size=2000,2000", f"--screenshot={folder / 'page.png'}", f"file://{folder / 'page.html'}"], None


COMMANDS = {"fork": fork, "gcc": gcc, "initdb": initdb, "pgbench": pgbench, "java": java, "go": go,
            "chromium": chromium}
WHAT = {
    "fork": "2,000 processes of sh, one after the other",
    "gcc": "gcc of a C file, 40 times",
    "initdb": "PostgreSQL's initdb",
    "pgbench": "PostgreSQL: start, pgbench -c 4 -t 15000, stop",
    "java": "Java: exceptions, garbage (SIGSEGV)",
    "go": "Go: loops that are preempted (SIGURG)",
    "chromium": "Chromium: a page with a canvas to a picture",
}


def adopt_orphans():
    """What a command leaves behind comes to this process."""
    set_child_subreaper = 36  # linux/prctl.h
    if ctypes.CDLL(None, use_errno=True).prctl(set_child_subreaper, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")


def timed(words, environment):
    """Wall seconds and CPU seconds of a command and all that it started."""
    begin = time.perf_counter()
    child = subprocess.Popen(words, env=environment, stdin=subprocess.DEVNULL,
                             stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    said = child.stderr.read()
    cpu = 0
    # What it left behind counts too, as --wait-all waits for it.
    while True:
        try:
            pid, status, usage = os.wait4(-1, 0)
        except ChildProcessError:
            break
        cpu += usage.ru_utime + usage.ru_stime
        if pid == child.pid:
            child.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - begin
    if child.returncode:
        text = said.decode(errors="replace")[-400:]
        raise Missing(f"it ended with {child.returncode}: {text}")
    return seconds, cpu


def interval(values):
    """95 % of a median by order statistics: a binomial of one half."""
    values, n = sorted(values), len(values)
    below, least = 0.0, 0
    for rank in range(n // 2):
        below += math.comb(n, rank) / 2**n
        if below > 0.025:
            break
        least = rank + 1
    if least == 0:
        return values[0], values[-1]
    return values[least - 1], values[n - least]


def measured(name, shmeter, rounds, install):
    """Each mode's (seconds, CPU seconds), round by round."""
    with tempfile.TemporaryDirectory(prefix="watch-overhead-") as folder:
        folder = pathlib.Path(folder)
        words, environment = COMMANDS[name](folder, install)
        watch = [shmeter, "watch", "--wait-all"]
        found = {mode: [] for mode in MODES}
        chooser = random.Random(name)
        # The first runs fill caches, and count for nothing.
        for turn in range(-1, rounds):
            order = list(MODES)
            chooser.shuffle(order)
            for mode in order:
                options = MODES[mode]
                whole = words if options is None else [*watch, *options, "--", *words]
                taken = timed(whole, environment)
                if turn >= 0:
                    found[mode].append(taken)
        return found


def rows(name, found):
    """Lines of the table, and whether a limit is passed for sure."""
    lines, passed = [], False
    for mode, times in found.items():
        seconds, cpu = (statistics.median(column) for column in zip(*times))
        line = [WHAT[name], mode, f"{seconds:.3f}", f"{cpu:.3f}"]
        if mode == "without":
            line += ["", "", ""]
        else:
            ratios = [one[0] / base[0] for one, base in zip(times, found["without"])]
            of_cpu = [one[1] / base[1] for one, base in zip(times, found["without"]) if base[1]]
            low, high = interval(ratios)
            # A range of few rounds is no interval.
            over = len(ratios) >= ENOUGH and low > LIMITS[mode]
            passed |= over
            line += [f"{statistics.median(ratios):.3f}", f"{low:.3f} to {high:.3f}" + (" **over**" if over else ""),
                     f"{statistics.median(of_cpu):.3f}" if of_cpu else "-"]
        lines.append("| " + " | ".join(line) + " |")
    return lines, passed


def main():
    if len(sys.argv) > 1 and sys.argv[1] in ("-h", "--help"):
        print(__doc__.split("\n\n", 1)[1].rstrip())
        return 0
    parser = argparse.ArgumentParser(prog="scripts/watch-overhead")
    parser.add_argument("--rounds", type=int, default=21)
    parser.add_argument("--only", type=lambda text: text.split(","), default=list(COMMANDS))
    parser.add_argument("--out")
    parser.add_argument("--install", action="store_true")
    asked = parser.parse_args()
    unknown = [name for name in asked.only if name not in COMMANDS]
    if unknown or asked.rounds < 1:
        parser.error(f"unknown command: {', '.join(unknown)}" if unknown else "--rounds takes 1 or more")
    shmeter = os.environ.get("SHMETER") or subprocess.run(
        [ROOT / "scripts/release-binary"], check=True, capture_output=True, text=True).stdout.strip()
    adopt_orphans()
    load = os.getloadavg()
    # PostgreSQL's user may not come into the folder of the build.
    with tempfile.TemporaryDirectory(prefix="watch-overhead-") as folder:
        os.chmod(folder, 0o755)
        binary = shutil.copy(shmeter, folder)
        version = subprocess.run([binary, "--version"], check=True, capture_output=True, text=True).stdout.strip()
        table, left_out, passed = [], [], False
        for name in asked.only:
            try:
                found = measured(name, binary, asked.rounds, asked.install)
            except (Missing, subprocess.CalledProcessError) as why:
                left_out.append(f"- {name}: {why}")
                print(f"watch-overhead: {name} is left out: {why}", file=sys.stderr)
                continue
            lines, over = rows(name, found)
            table += lines
            passed |= over
            print("\n".join(lines), file=sys.stderr)
    text = [
        "# `scripts/watch-overhead " + " ".join(sys.argv[1:]) + "`",
        "",
        f"{version}, {time.strftime('%Y-%m-%d')}, Linux {os.uname().release}, {os.cpu_count()} CPUs, load average "
        f"{load[0]:.2f} before and {os.getloadavg()[0]:.2f} after it. {asked.rounds} rounds; in each the three modes follow "
        "each other in another order. Limits: 1.02 for sampling, 1.03 with signals.",
        "",
        "| command | watch | seconds | CPU seconds | ratio | its interval of 95 % | ratio of CPU |",
        "|---|---|---|---|---|---|---|",
        *table,
    ]
    if left_out:
        text += ["", "Left out:", *left_out]
    text = "\n".join(text) + "\n"
    if asked.out:
        pathlib.Path(asked.out).write_text(text)
    else:
        print(text, end="")
    if not table:
        return 2
    return 1 if passed else 0


if __name__ == "__main__":
    sys.exit(main())
