/* bench read|write|copy BYTES, bench ping|futex, bench ring|pipe MESSAGE: the same in bare C, in anonymous
 * shared memory, two processes on CPU 0 and 1; prints GiB/s, nanoseconds a round trip, or messages a
 * second. What scripts/bench-speed holds shmeter against. */
#define _GNU_SOURCE
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static void pin(int cpu)
{
	cpu_set_t set;
	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof set, &set);
}

static void *shared(size_t bytes)
{
	void *map = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (map == MAP_FAILED) {
		perror("mmap");
		exit(1);
	}
	memset(map, 1, bytes);
	return map;
}

static pid_t twin(void)
{
	pid_t pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		pin(1);
	}
	return pid;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static volatile uint64_t sink;

static void stream(const char *what, size_t bytes)
{
	enum { PASSES = 5 };
	double times[PASSES];
	uint64_t *from = shared(bytes), *to = strcmp(what, "copy") ? from : shared(bytes);
	size_t words = bytes / 8;
	for (int pass = 0; pass < PASSES; pass++) {
		double start = now();
		if (!strcmp(what, "read")) {
			uint64_t sums[8] = { 0 };
			for (size_t at = 0; at < words; at += 8)
				for (int n = 0; n < 8; n++)
					sums[n] ^= from[at + n];
			for (int n = 0; n < 8; n++)
				sink ^= sums[n];
		} else if (!strcmp(what, "write")) {
			for (size_t at = 0; at < words; at++)
				from[at] = at + pass;
		} else {
			memcpy(to, from, bytes);
		}
		__asm__ volatile("" ::: "memory");
		times[pass] = now() - start;
	}
	qsort(times, PASSES, sizeof *times, by_size);
	printf("%.3f\n", bytes / times[PASSES / 2] / (1 << 30));
}

static void ping(void)
{
	enum { BATCHES = 400, TRIPS = 64 };
	double times[BATCHES];
	_Atomic uint64_t *line = shared(4096);
	uint64_t all = (uint64_t)BATCHES * TRIPS + 2000;
	atomic_store(line, 0);
	if (twin() == 0) {
		for (uint64_t n = 1; n <= all; n++) {
			while (atomic_load_explicit(line, memory_order_acquire) != 2 * n - 1)
				__builtin_ia32_pause();
			atomic_store_explicit(line, 2 * n, memory_order_release);
		}
		_exit(0);
	}
	pin(0);
	uint64_t n = 0;
	for (int batch = -1; batch < BATCHES; batch++) {
		double start = now();
		for (int trip = 0; trip < (batch < 0 ? 2000 : TRIPS); trip++) {
			n++;
			atomic_store_explicit(line, 2 * n - 1, memory_order_release);
			while (atomic_load_explicit(line, memory_order_acquire) != 2 * n)
				__builtin_ia32_pause();
		}
		if (batch >= 0)
			times[batch] = (now() - start) / TRIPS * 1e9;
	}
	qsort(times, BATCHES, sizeof *times, by_size);
	printf("%.1f\n", times[BATCHES / 2]);
}

static void sleep_until(_Atomic uint32_t *word, uint32_t value)
{
	uint32_t seen;
	while ((seen = atomic_load(word)) != value)
		syscall(SYS_futex, word, FUTEX_WAIT, seen, NULL, NULL, 0);
}

static void tell(_Atomic uint32_t *word, uint32_t value)
{
	atomic_store(word, value);
	syscall(SYS_futex, word, FUTEX_WAKE, 1, NULL, NULL, 0);
}

static void futex(void)
{
	enum { TRIPS = 500 };
	double times[TRIPS];
	_Atomic uint32_t *ask = shared(4096), *answer = ask + 64;
	atomic_store(ask, 0);
	atomic_store(answer, 0);
	if (twin() == 0) {
		for (uint32_t n = 1; n <= TRIPS; n++) {
			sleep_until(ask, n);
			tell(answer, n);
		}
		_exit(0);
	}
	pin(0);
	for (uint32_t n = 1; n <= TRIPS; n++) {
		/* The other one must sleep, or else no sleep is measured. */
		double start = now();
		while (now() - start < 20e-6)
			;
		start = now();
		tell(ask, n);
		sleep_until(answer, n);
		times[n - 1] = (now() - start) * 1e9;
	}
	qsort(times, TRIPS, sizeof *times, by_size);
	printf("%.1f\n", times[TRIPS / 2]);
}

struct ring {
	_Alignas(256) _Atomic uint64_t sent;
	_Alignas(256) _Atomic uint64_t taken;
	_Alignas(4096) unsigned char places[];
};

static void ring(size_t message)
{
	uint64_t slots = (256 << 10) / message, all = message > 1024 ? 100000 : 4000000;
	if (slots < 4)
		slots = 4;
	if (slots > 4096)
		slots = 4096;
	struct ring *r = shared(sizeof *r + slots * message);
	unsigned char *own = malloc(message);
	memset(own, 7, message);
	atomic_store(&r->sent, 0);
	atomic_store(&r->taken, 0);
	if (twin() == 0) {
		uint64_t known = 0;
		for (uint64_t n = 0; n < all; n++) {
			while (n - known >= slots)
				known = atomic_load_explicit(&r->taken, memory_order_acquire);
			memcpy(own, &n, 8);
			memcpy(r->places + n % slots * message, own, message);
			atomic_store_explicit(&r->sent, n + 1, memory_order_release);
		}
		_exit(0);
	}
	pin(0);
	uint64_t known = 0, wrong = 0, mark;
	double start = now();
	for (uint64_t n = 0; n < all; n++) {
		while (known <= n)
			known = atomic_load_explicit(&r->sent, memory_order_acquire);
		memcpy(own, r->places + n % slots * message, message);
		memcpy(&mark, own, 8);
		wrong |= mark ^ n;
		if ((n + 1) % (slots / 4) == 0)
			atomic_store_explicit(&r->taken, n + 1, memory_order_release);
	}
	double took = now() - start;
	printf("%.0f\n", wrong ? 0 : all / took);
}

static void through_pipe(size_t message)
{
	int ends[2];
	long all = 400000;
	char *own = calloc(1, message);
	if (pipe(ends))
		exit(1);
	if (twin() == 0) {
		for (long n = 0; n < all; n++)
			if (write(ends[1], own, message) < 0)
				_exit(1);
		_exit(0);
	}
	pin(0);
	double start = now();
	for (long n = 0; n < all; n++)
		if (read(ends[0], own, message) < 0)
			exit(1);
	printf("%.0f\n", all / (now() - start));
}

int main(int argc, char **argv)
{
	size_t size = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;
	if (argc < 2)
		return 2;
	pin(0);
	if (!strcmp(argv[1], "ping"))
		ping();
	else if (!strcmp(argv[1], "futex"))
		futex();
	else if (size < 8)
		return 2;
	else if (!strcmp(argv[1], "ring"))
		ring(size);
	else if (!strcmp(argv[1], "pipe"))
		through_pipe(size);
	else
		stream(argv[1], size);
	return 0;
}
