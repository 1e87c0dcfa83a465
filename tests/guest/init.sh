#!/bin/busybox sh
# The first process of a guest: mounts, runs the cases in /cases one after the other, tells what
# each step came to as a line of JSON on the second console, and turns the guest off.
#
# A case is shell text that machine.rs writes: what follows as variables, then calls of `fresh`,
# `step` and `fill`.
#   name      of the case
#   tree      its cgroup below the root, "a/b"; empty: the root itself
#   settings  lines of FILE=VALUE below the hierarchy's root
#   sysctls   lines of FILE=VALUE below /proc/sys, put back afterwards
#   shm       mount options of /dev/shm
#   hidden    not empty: in a cgroup namespace of its own
#   score     oom_score_adj of every step; empty: 0, and 1000 for what fills
#   swap      not empty: with the swap disk
#   before    shell text, run outside of the cgroup before the steps
/bin/busybox mkdir -p /bin /proc /sys /dev /tmp
/bin/busybox --install -s /bin
export PATH=/bin HOME=/ LANG=C
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mkdir -p /dev/shm
. /machine # hierarchy, console, disk, disk_kib, slower

case $hierarchy in
v2)
    root=/sys/fs/cgroup
    mount -t cgroup2 cgroup2 $root
    ;;
v1)
    root=/sys/fs/cgroup/memory
    mount -t tmpfs cgroup /sys/fs/cgroup
    mkdir $root
    mount -t cgroup -o memory cgroup $root
    ;;
esac
stty -F "$console" raw -echo
exec 7> "$console"
# A disk in memory, where the kernel has none of its own.
[ ! -f /disk.ko ] || insmod /disk.ko rd_nr=1 rd_size="$disk_kib"
[ -z "$disk" ] || mkswap "$disk" > /dev/null

# The cgroup and its ancestors, the outermost first.
levels() {
    rest=$tree/ path=
    while [ -n "${rest%/}" ]; do
        path=$path/${rest%%/*} rest=${rest#*/}
        echo "$root$path"
    done
}

# What the step or case before left, away.
finish() {
    [ -z "$mounted" ] || {
        for level in $(levels) "$root/a/n"; do
            while read -r pid; do kill -9 "$pid"; done < "$level/cgroup.procs"
        done 2> /dev/null
        until umount /dev/shm; do sleep 0.05; done
        while [ -d "$root/a/n" ]; do
            rmdir "$root/a/n" 2> /dev/null || sleep 0.02
        done
        for level in $(levels | tac); do
            until rmdir "$level" 2> /dev/null; do sleep 0.02; done
        done
        [ -z "$swap" ] || swapoff "$disk"
        echo "$restore" | while IFS='=' read -r file value; do
            [ -z "$file" ] || echo "$value" > "/proc/sys/$file"
        done
    }
    mounted='' restore=''
}

# A new cgroup, an empty /dev/shm, and nothing in the caches.
fresh() {
    finish
    echo 3 > /proc/sys/vm/drop_caches
    # Nodes of the page cache and tasks are freed, and uncharged, with a delay.
    sleep 0.05
    mounted=1
    mount -t tmpfs -o "${shm:-mode=1777}" shm /dev/shm || complain "mount -o $shm"
    [ -z "$swap" ] || swapon "$disk" || complain swapon
    for level in $(levels); do
        [ "$hierarchy" = v1 ] || echo +memory > "${level%/*}/cgroup.subtree_control"
        mkdir "$level" || complain "mkdir $level"
    done
    # No pipes here, or else the variables would be a child's.
    while IFS='=' read -r file value; do
        [ -z "$file" ] || echo "$value" > "$root/$file" || complain "$file=$value"
    done << TEXT
$settings
TEXT
    while IFS='=' read -r file value; do
        [ -n "$file" ] || continue
        # `read` takes one byte at a time, of which these files give no second one.
        restore="$file=$(cat "/proc/sys/$file")
$restore"
        echo "$value" > "/proc/sys/$file" || complain "$file=$value"
    done << TEXT
$sysctls
TEXT
    eval "$before"
}

complain() {
    echo "{\"case\":\"$name\",\"fault\":\"$1\"}" >&7
}

# CGROUP BYTES: so much of /dev/shm, charged to a cgroup below the root.
hold() {
    /step - - "$root/$1" /bin/dd if=/dev/zero of="/dev/shm/held" bs=64k count=$(($2 / 65536)) \
        > /dev/null
}

# CGROUP BYTES TIMES: a neighbour reads so much of the disk so often: file cache, used once or more.
read_disk() {
    for _ in $(seq "$3"); do
        /step - - "$root/$1" /bin/dd if="$disk" of=/dev/null bs=64k count=$(($2 / 65536)) > /dev/null
    done
}

# CGROUP BYTES: a neighbour that lives and has so much of its own.
neighbour() {
    /step - - "$root/$1" /touch ballast "$2" - > /dev/null
}

# NAME SECONDS PROGRAM ARGUMENT...: runs a program in the case's cgroup, and tells what came of it.
# It is killed (SIGALRM, status 142) when it takes longer. With `sample` not empty, how far a fill
# is gets told for ten times a second.
step() {
    step=$1 seconds=$(($2 * slower))
    shift 2
    /step "$name" "$step" "$root/$tree" ${hidden:+-n $hierarchy} -o "${score:-$as}" -t "$seconds" \
        ${sample:+-s} "$@" < /dev/null >&7
}

# PAGES: so many huge pages of 2 MiB, which all sizes of small ones have, at /mnt.
huge_pages() {
    echo "$1" > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages || complain "no huge pages"
    mkdir -p /mnt
    mount -t hugetlbfs -o pagesize=2M huge /mnt || complain "mount hugetlbfs"
}

no_huge_pages() {
    [ -z "$(find /mnt -mindepth 1)" ] || complain "left behind on hugetlbfs"
    until umount /mnt; do sleep 0.05; done
    echo 0 > /sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages
}

# What the last inspect said of a method and kind.
predicted() {
    sed -n "/^    \"$2\": {/,/^    }/p" /tmp/inspect | sed -n "/\"$1\": {/{n;s/[^0-9]//gp;q}"
}

# inspect, which `fill` can then refer to.
inspect() {
    step "inspect $*" 30 /shmeter inspect --format json "$@"
    mv /tmp/out /tmp/inspect
}

# OPTIONS...: shmeter's own fill. It leaves nothing behind.
shmeter_fill() {
    step "fill $*" 60 /shmeter fill --exclusive --format json "$@"
    left=$(
        for level in $(levels); do cat "$level/cgroup.procs"; done
        find /dev/shm -mindepth 1 ! -name held
        sed 1d /proc/sysvipc/shm
    )
    [ -z "$left" ] || complain "left behind: $(echo "$left" | tr '\n' ' ')"
}

# METHOD KIND BYTES SECONDS: fills without shmeter, until the kernel stops it. BYTES may be +N or
# -N: so much more or less than the last inspect said.
fill() {
    method=$1 kind=$2 bytes=$3 patience=$4
    case $bytes in
    +* | -*) bytes=$(($(predicted "$method" "$kind") + bytes)) ;;
    esac
    set -- /touch "$kind" "$bytes" /dev/shm/progress
    case $method in
    write) set -- /bin/dd if=/dev/zero of=/dev/shm/fill bs=64k count=$((bytes / 65536)) ;;
    pour) set -- /pour "$bytes" ;;
    esac
    as=1000
    step "fill $method $kind $bytes" "$patience" "$@"
    as=0
}

echo "{\"guest\":\"ready\",\"kernel\":\"$(uname -r)\"}" >&7
for file in /cases/*; do
    (
        tree='' settings='' sysctls='' shm='' hidden='' score='' swap='' before=''
        mounted='' restore='' sample='' as=0
        . "$file"
        finish
    )
done
read -r up _ < /proc/uptime
echo "{\"guest\":\"done\",\"seconds\":$up}" >&7
sleep 0.1
poweroff -f
