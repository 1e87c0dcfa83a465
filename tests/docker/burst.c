/*
 * A neighbour that grows. Waits until somebody takes shared memory, then takes as much as it is told,
 * as fast as it can, holds it for a while, and says how it fared.
 *
 *   burst touch|write|memfd|sysv BYTES DELAY_US [USAGE]
 *   burst nofree COMMAND...
 *
 * USAGE: the file that tells the memory use to wait by, for memfd. `nofree` runs a command under a
 * seccomp filter that answers EINVAL to madvise(MADV_FREE), as gVisor does.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

static unsigned long long done;

static void end(const char *how)
{
	printf("%s after %llu bytes\n", how, done);
	fflush(stdout);
	_exit(strcmp(how, "ok") != 0);
}

static void on_bus(int signal)
{
	(void)signal;
	end("SIGBUS");
}

static unsigned long long used_of_shm(void)
{
	struct statfs s;

	if (statfs("/dev/shm", &s))
		end("no statfs");
	return (unsigned long long)(s.f_blocks - s.f_bfree) * s.f_bsize;
}

static unsigned long long number_in(const char *path)
{
	unsigned long long n = 0;
	FILE *f = fopen(path, "r");

	if (!f || fscanf(f, "%llu", &n) != 1)
		end("no usage");
	fclose(f);
	return n;
}

static unsigned long long segments(void)
{
	char line[512];
	unsigned long long sum = 0, size;
	FILE *f = fopen("/proc/sysvipc/shm", "r");

	if (!f)
		end("no segments");
	while (fgets(line, sizeof line, f))
		if (sscanf(line, "%*s %*s %*s %llu", &size) == 1)
			sum += size;
	fclose(f);
	return sum;
}

static int deny_free(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_madvise, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[2])),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, MADV_FREE, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EINVAL),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof filter / sizeof *filter, filter };

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

int main(int argc, char **argv)
{
	const unsigned long long step = 64 << 10;
	unsigned long long bytes, before;
	static char block[64 << 10];
	const char *kind;
	int fd = -1;

	if (argc > 2 && !strcmp(argv[1], "nofree")) {
		if (deny_free())
			end("no filter");
		execv(argv[2], argv + 2);
		end("no such command");
	}
	if (argc < 4)
		return 2;
	kind = argv[1];
	bytes = strtoull(argv[2], NULL, 10) & ~4095ull;
	memset(block, 0x5a, sizeof block);
	signal(SIGBUS, on_bus);
	if (!strcmp(kind, "memfd"))
		fd = memfd_create("burst", 0);
	else if (strcmp(kind, "sysv"))
		fd = open("/dev/shm", O_TMPFILE | O_RDWR, 0600);
	puts("waiting");
	fflush(stdout);

#define USED (!strcmp(kind, "sysv") ? segments() : argc > 4 ? number_in(argv[4]) : used_of_shm())
	before = USED;
	/* Whoever starts a container under a memory limit takes some MiB before the fill does. */
	for (int i = 0; USED < before + ((argc > 4 ? 24 : 1) << 20); i++) {
		if (i > 100000)
			end("nobody came");
		usleep(100);
	}
	usleep((unsigned)atoi(argv[3]));

	if (!strcmp(kind, "sysv")) {
		/* Segments of a MiB, so that it takes a while. */
		for (; done < bytes; done += 1 << 20) {
			int id = shmget(IPC_PRIVATE, 1 << 20, 0600);

			if (id < 0)
				end(strerror(errno));
			void *at = shmat(id, NULL, 0);
			shmctl(id, IPC_RMID, NULL);
			if (at == (void *)-1)
				end(strerror(errno));
		}
	} else if (!strcmp(kind, "touch")) {
		if (ftruncate(fd, (off_t)bytes))
			end(strerror(errno));
		char *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

		if (at == MAP_FAILED)
			end(strerror(errno));
		for (; done < bytes; done += 4096)
			((volatile char *)at)[done] = 1;
	} else {
		while (done < bytes) {
			unsigned long long left = bytes - done;
			ssize_t n = write(fd, block, left < step ? left : step);

			if (n <= 0)
				end(strerror(errno));
			done += (unsigned long long)n;
		}
	}
	usleep(150000);
	end("ok");
}
