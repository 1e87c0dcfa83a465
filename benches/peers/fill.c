/* fill touch|populate FILE BYTES: maps a new file and fills it as bare C does, a byte a page or
 * MADV_POPULATE_WRITE in steps of 128 KiB; prints the seconds that took. What scripts/fill-speed
 * compares shmeter with. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

int main(int argc, char **argv)
{
	if (argc != 4)
		return 2;
	size_t bytes = strtoul(argv[3], NULL, 10), page = sysconf(_SC_PAGESIZE), step = 128 << 10;
	int file = open(argv[2], O_RDWR | O_CREAT | O_EXCL, 0600);
	if (file < 0 || ftruncate(file, bytes)) {
		perror(argv[2]);
		return 1;
	}
	char *map = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	if (map == MAP_FAILED) {
		perror("mmap");
		return 1;
	}
	struct timespec start, end;
	clock_gettime(CLOCK_MONOTONIC, &start);
	if (!strcmp(argv[1], "touch")) {
		for (size_t at = 0; at < bytes; at += page)
			((volatile char *)map)[at] = 1;
	} else {
		for (size_t at = 0; at < bytes; at += step)
			if (madvise(map + at, step, MADV_POPULATE_WRITE)) {
				perror("madvise");
				return 1;
			}
	}
	clock_gettime(CLOCK_MONOTONIC, &end);
	printf("%.6f\n", end.tv_sec - start.tv_sec + (end.tv_nsec - start.tv_nsec) / 1e9);
	return 0;
}
