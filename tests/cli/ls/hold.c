/* hold STEP...: makes shared memory as each step says, prints `ready`, and holds it until its
 * standard input ends. Then it removes what it made that still has a name.
 *
 *   map PATH BYTES      a file, written and mapped, its descriptor closed
 *   open PATH BYTES     a file, written and kept open
 *   leave PATH BYTES    a file that is written and let go
 *   unlink PATH         takes the name away
 *   memfd NAME BYTES    a memfd, mapped and open
 *   memfd-open NAME BYTES, memfd-map NAME BYTES
 *   anon BYTES          MAP_SHARED | MAP_ANONYMOUS
 *   sysv BYTES          a segment, touched and attached; prints `shmid N`
 *   sysv-left BYTES     a segment, touched and let go
 *   sysv-gone BYTES     a segment, removed while it is attached
 *   many PROCS N DIR    PROCS processes, each with N segments, N files in DIR, a memfd and an
 *                       unlinked file, a page each
 *   fork                a child that holds the same
 *   headless            the first thread ends, another one goes on
 *   sealed              no process of the same user may look in (PR_SET_DUMPABLE)
 *
 * tests/cli/ls and scripts/ls-speed compile it. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <unistd.h>

#define MOST 8192

static int segments[MOST], segment_count;
static const char *files[MOST];
static int file_count;
static pid_t owner;

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static void *map(int fd, unsigned long bytes)
{
	int flags = MAP_SHARED | (fd < 0 ? MAP_ANONYMOUS : 0);
	void *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, flags, fd, 0);
	if (at == MAP_FAILED)
		fail("mmap");
	return at;
}

static int sized(int fd, unsigned long bytes, const char *what)
{
	if (fd < 0 || ftruncate(fd, bytes))
		fail(what);
	if (bytes) {
		memset(map(fd, bytes), 1, bytes);
	}
	return fd;
}

static int file(const char *path, unsigned long bytes, int keep_mapped)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 || ftruncate(fd, bytes) || file_count == MOST)
		fail(path);
	void *at = map(fd, bytes);
	memset(at, 1, bytes);
	if (!keep_mapped)
		munmap(at, bytes);
	files[file_count++] = strdup(path);
	return fd;
}

static void *segment(unsigned long bytes, int *id)
{
	*id = shmget(IPC_PRIVATE, bytes, IPC_CREAT | 0600);
	if (*id < 0 || segment_count == MOST)
		fail("shmget");
	segments[segment_count++] = *id;
	char *at = shmat(*id, NULL, 0);
	if (at == (void *)-1)
		fail("shmat");
	memset(at, 1, bytes);
	return at;
}

/* Only what this process itself made. */
static void clean_up(void)
{
	if (getpid() != owner)
		return;
	for (int i = 0; i < segment_count; i++)
		shmctl(segments[i], IPC_RMID, NULL);
	for (int i = 0; i < file_count; i++)
		unlink(files[i]);
}

static void wait_for_the_end(void)
{
	char byte;
	while (read(0, &byte, 1) > 0)
		;
	clean_up();
	_exit(0);
}

static void *other_thread(void *unused)
{
	(void)unused;
	sleep(1);
	puts("ready");
	fflush(stdout);
	wait_for_the_end();
	return NULL;
}

static void many(int procs, int each, const char *folder)
{
	int done[2];
	if (pipe(done))
		fail("pipe");
	for (int p = 0; p < procs; p++) {
		pid_t child = fork();
		if (child < 0)
			fail("fork");
		if (child > 0)
			continue;
		owner = getpid();
		segment_count = file_count = 0;
		char path[4096];
		int id;
		for (int i = 0; i < each; i++) {
			segment(4096, &id);
			snprintf(path, sizeof path, "%s/shmeter-hold-%d-%d", folder, owner, i);
			close(file(path, 4096, 1));
		}
		snprintf(path, sizeof path, "%s/shmeter-hold-%d-gone", folder, owner);
		close(file(path, 4096, 1));
		unlink(path);
		sized(memfd_create("many", MFD_CLOEXEC), 4096, "memfd");
		if (write(done[1], "", 1) != 1)
			_exit(1);
		wait_for_the_end();
	}
	close(done[1]);
	char byte;
	for (int p = 0; p < procs; p++)
		if (read(done[0], &byte, 1) != 1)
			fail("a process of many");
}

static unsigned long bytes_of(char **at, char **end)
{
	if (at >= end) {
		fputs("hold: a size is missing\n", stderr);
		exit(2);
	}
	return strtoul(*at, NULL, 0);
}

int main(int argc, char **argv)
{
	char **end = argv + argc;
	int id;
	owner = getpid();
	for (char **at = argv + 1; at < end; at++) {
		const char *step = *at;
		if (!strcmp(step, "map")) {
			close(file(at[1], bytes_of(at + 2, end), 1));
			at += 2;
		} else if (!strcmp(step, "open")) {
			file(at[1], bytes_of(at + 2, end), 0);
			at += 2;
		} else if (!strcmp(step, "leave")) {
			close(file(at[1], bytes_of(at + 2, end), 0));
			at += 2;
		} else if (!strcmp(step, "unlink")) {
			if (unlink(*++at))
				fail(*at);
		} else if (!strncmp(step, "memfd", 5)) {
			unsigned long bytes = bytes_of(at + 2, end);
			int fd = memfd_create(at[1], MFD_CLOEXEC);
			if (!strcmp(step, "memfd-open")) {
				if (fd < 0 || ftruncate(fd, bytes))
					fail("memfd");
			} else {
				sized(fd, bytes, "memfd");
			}
			if (!strcmp(step, "memfd-map"))
				close(fd);
			at += 2;
		} else if (!strcmp(step, "anon")) {
			unsigned long bytes = bytes_of(++at, end);
			memset(map(-1, bytes), 1, bytes);
		} else if (!strncmp(step, "sysv", 4)) {
			unsigned long bytes = bytes_of(++at, end);
			void *address = segment(bytes, &id);
			printf("shmid %d\n", id);
			if (!strcmp(step, "sysv-left"))
				shmdt(address);
			if (!strcmp(step, "sysv-gone"))
				shmctl(id, IPC_RMID, NULL);
		} else if (!strcmp(step, "many")) {
			many(bytes_of(at + 1, end), bytes_of(at + 2, end), at[3]);
			at += 3;
		} else if (!strcmp(step, "fork")) {
			pid_t child = fork();
			if (child < 0)
				fail("fork");
			if (child == 0)
				wait_for_the_end();
			printf("pid %d\n", child);
		} else if (!strcmp(step, "sealed")) {
			prctl(PR_SET_DUMPABLE, 0);
		} else if (!strcmp(step, "headless")) {
			pthread_t thread;
			fflush(stdout);
			if (pthread_create(&thread, NULL, other_thread, NULL))
				fail("pthread_create");
			pthread_exit(NULL);
		} else {
			fprintf(stderr, "hold: unknown step %s\n", step);
			return 2;
		}
	}
	puts("ready");
	fflush(stdout);
	wait_for_the_end();
}
