/* pour BYTES: writes so many to /dev/shm/fill, 64 KiB a call, until it is refused, and says why.
 * Its own pages are there before: with a full cgroup, whoever may not be killed would wait for one
 * forever. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static char block[64 << 10];

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	unsigned long bytes = strtoul(argv[1], NULL, 10);
	memset(block, 1, sizeof block);
	fprintf(stderr, "pour\n");
	if (mlockall(MCL_CURRENT | MCL_FUTURE)) {
		perror("mlockall");
		return 2;
	}
	int file = open("/dev/shm/fill", O_WRONLY | O_CREAT | O_EXCL, 0600);
	if (file < 0) {
		perror("open");
		return 1;
	}
	for (unsigned long done = 0; done < bytes;) {
		unsigned long rest = bytes - done;
		ssize_t length = write(file, block, rest < sizeof block ? rest : sizeof block);
		if (length < 0) {
			perror("write");
			return 1;
		}
		done += length;
	}
	return 0;
}
