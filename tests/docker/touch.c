/* touch KIND BYTES PROGRESS: makes a shared memory object (posix, sysv, memfd or anon), maps it
 * and stores to one byte of each page. How many pages that were is in the file PROGRESS, which
 * outlives a kill. A posix object is the file FOLDER/fill beside PROGRESS.
 * `touch ballast BYTES -` leaves a child behind that holds so much as its file 9, and prints its
 * number.
 * `touch heap BYTES -` has so much memory of its own, as an application does, says `ready` and waits.
 * `touch into BYTES FILE CGROUP` makes FILE so much longer, charged to CGROUP (a folder), with next to nothing
 * charged beside.
 * `touch semaphores N -` makes so many sets of System V semaphores, and leaves them behind.
 * `touch forget 0 FILE` drops the file's cache: whoever reads it next pays for it.
 *
 * tests/docker.rs compiles it and compares what it reached with what shmeter said. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <unistd.h>

/* Files grow as they are filled, so that RLIMIT_FSIZE stops them where it says. */
#define STEP (64UL << 10)
#define BALLAST 9

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static void hold(unsigned long bytes)
{
	char *map = MAP_FAILED;
	int fd = memfd_create("ballast", 0);
	if (fd >= 0 && dup2(fd, BALLAST) == BALLAST && !ftruncate(fd, bytes))
		map = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		fail("ballast");
	memset(map, 1, bytes);
	pid_t child = fork();
	if (child < 0)
		fail("fork");
	if (child > 0) {
		printf("%d\n", child);
		exit(0);
	}
	/* The shell waits until nobody can write to its pipe any more. */
	close(1);
	for (;;)
		pause();
}

static void heap(unsigned long bytes)
{
	/* Or else the compiler leaves out what nobody reads. */
	volatile char *own = malloc(bytes);
	if (!own)
		fail("heap");
	for (unsigned long at = 0; at < bytes; at += 4096)
		own[at] = 1;
	puts("ready");
	fflush(stdout);
	for (;;)
		pause();
}

static void into(unsigned long bytes, const char *file, const char *cgroup)
{
	static char block[4096];
	char members[4096];
	snprintf(members, sizeof members, "%s/cgroup.procs", cgroup);
	memset(block, 1, sizeof block);
	int to = open(file, O_WRONLY | O_CREAT | O_APPEND, 0600), group = open(members, O_WRONLY);
	if (to < 0 || group < 0 || write(group, "0", 1) != 1)
		fail(cgroup);
	for (; bytes >= sizeof block; bytes -= sizeof block)
		if (write(to, block, sizeof block) != sizeof block)
			fail(file);
	exit(0);
}

static void forget(const char *file)
{
	int fd = open(file, O_RDONLY);
	if (fd < 0 || posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED))
		fail(file);
	exit(0);
}

static void semaphores(unsigned long sets)
{
	for (; sets; sets--)
		if (semget(IPC_PRIVATE, 1, IPC_CREAT | 0600) < 0)
			fail("semget");
	exit(0);
}

int main(int argc, char **argv)
{
	if (argc != 4 && argc != 5)
		return 2;
	const char *kind = argv[1];
	unsigned long bytes = strtoul(argv[2], NULL, 10), page = sysconf(_SC_PAGESIZE);

	if (!strcmp(kind, "ballast"))
		hold(bytes);
	if (!strcmp(kind, "heap"))
		heap(bytes);
	if (!strcmp(kind, "into") && argc == 5)
		into(bytes, argv[3], argv[4]);
	if (!strcmp(kind, "semaphores"))
		semaphores(bytes);
	if (!strcmp(kind, "forget"))
		forget(argv[3]);

	int file = open(argv[3], O_RDWR | O_CREAT | O_TRUNC, 0600);
	if (file < 0 || ftruncate(file, page))
		fail("progress");
	char *progress = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	if (progress == MAP_FAILED)
		fail("progress");
	strcpy(progress, "           0\n");

	int fd = -1;
	volatile char *map;
	if (!strcmp(kind, "posix")) {
		char name[4096];
		const char *slash = strrchr(argv[3], '/');
		snprintf(name, sizeof name, "%.*s/fill", (int)(slash - argv[3]), argv[3]);
		fd = open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
		if (fd < 0)
			fail("open");
	} else if (!strcmp(kind, "memfd")) {
		fd = memfd_create("fill", 0);
		if (fd < 0)
			fail("memfd_create");
	}
	if (!strcmp(kind, "sysv")) {
		int id = shmget(IPC_PRIVATE, bytes, IPC_CREAT | 0600);
		if (id < 0)
			fail("shmget");
		void *at = shmat(id, NULL, 0);
		if (shmctl(id, IPC_RMID, NULL) || at == (void *)-1)
			fail("shmat");
		map = at;
	} else {
		int flags = MAP_SHARED | (fd < 0 ? MAP_ANONYMOUS : 0);
		map = mmap(NULL, bytes, PROT_READ | PROT_WRITE, flags, fd, 0);
		if (map == MAP_FAILED)
			fail("mmap");
	}

	for (unsigned long done = 0; done < bytes; done += page) {
		if (fd >= 0 && done % STEP == 0 && ftruncate(fd, done + STEP))
			fail("ftruncate");
		map[done] = 1;
		/* The digits in place: a fault here could only be the first. */
		unsigned long pages = done / page + 1;
		for (int at = 11; pages; at--, pages /= 10)
			progress[at] = '0' + pages % 10;
	}
	return 0;
}
