/* truth TEST BYTES PROCS: what the rows of `shmeter bench` mean, in plain C, in a memfd, on CPU 0 and 1; a line
 * "OP VALUE" for each row: GiB/s, nanoseconds, messages a second. What scripts/bench-truth holds shmeter against.
 * It has nothing of shmeter but the meaning of each row (docs/contract.md). x86-64 with AVX2; built without
 * -ftree-loop-distribute-patterns, which makes calls of memset and memcpy of the loops. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <immintrin.h>
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
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LEN(a) (sizeof(a) / sizeof *(a))

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static uint64_t nanoseconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static double a_nanosecond; /* ticks */

static inline uint64_t ticks(void)
{
	_mm_lfence();
	return __rdtsc();
}

static void calibrate(void)
{
	uint64_t n = nanoseconds(), t = ticks();
	while (nanoseconds() - n < 50000000)
		;
	uint64_t end = ticks();
	a_nanosecond = (double)(end - t) / (nanoseconds() - n);
}

static void pin(int cpu)
{
	cpu_set_t set;
	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof set, &set))
		die("sched_setaffinity");
}

static void *memfd(size_t bytes)
{
	int fd = memfd_create("truth", 0);
	if (fd < 0 || ftruncate(fd, bytes))
		die("memfd");
	void *map = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (map == MAP_FAILED)
		die("mmap");
	close(fd);
	return map;
}

static void fault_in(char *at, size_t bytes)
{
	for (size_t n = 0; n < bytes; n += 4096)
		((volatile char *)at)[n] = 1;
}

/* What two processes share beside what is measured. */
struct board {
	_Alignas(64) _Atomic uint32_t at[64];
	_Alignas(64) uint64_t begin[2], end[2];
};
static struct board *board;
static int me, procs, barriers;

/* All are here before any goes on. */
static void barrier(void)
{
	_Atomic uint32_t *word = &board->at[barriers++ % LEN(board->at)];
	atomic_fetch_add(word, 1);
	while (atomic_load(word) != (uint32_t)procs)
		_mm_pause();
}

static pid_t split(int n)
{
	procs = n;
	pid_t pid = n > 1 ? fork() : 1;
	if (pid < 0)
		die("fork");
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		me = 1;
	}
	pin(me);
	return pid;
}

static int up(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static double median(double *all, size_t n)
{
	qsort(all, n, sizeof *all, up);
	return n % 2 ? all[n / 2] : (all[n / 2 - 1] + all[n / 2]) / 2;
}

static volatile uint64_t sink;

static void pass(const char *op, char *at, size_t bytes)
{
	__m256i *from = (__m256i *)at, *to = (__m256i *)(at + bytes);
	size_t n = bytes / sizeof *from;
	__m256i v = _mm256_set_epi64x(4, 3, 2, 1), more = _mm256_set1_epi64x(32);
	if (!strcmp(op, "fill")) {
#pragma GCC unroll 8
		for (size_t i = 0; i < n; i++)
			_mm256_store_si256(from + i, v);
	} else if (!strcmp(op, "fill-nt")) {
#pragma GCC unroll 8
		for (size_t i = 0; i < n; i++)
			_mm256_stream_si256(from + i, v);
		_mm_sfence();
	} else if (!strncmp(op, "write", 5)) {
		/* Eight numbers that do not wait for each other. */
		__m256i up[8];
		for (int k = 0; k < 8; k++)
			up[k] = _mm256_set_epi64x(4 * k + 4, 4 * k + 3, 4 * k + 2, 4 * k + 1);
		int past = op[5] != 0;
		for (size_t i = 0; i < n; i += 8)
#pragma GCC unroll 8
			for (int k = 0; k < 8; k++) {
				if (past)
					_mm256_stream_si256(from + i + k, up[k]);
				else
					_mm256_store_si256(from + i + k, up[k]);
				up[k] = _mm256_add_epi64(up[k], more);
			}
		if (past)
			_mm_sfence();
	} else if (!strcmp(op, "read")) {
		/* At four places 64 KiB apart in turn. */
		__m256i s[4] = { v, v, v, v };
		size_t apart = 65536 / sizeof v, block = 4 * apart, i = 0;
		for (; i + block <= n; i += block)
			for (size_t j = i; j < i + apart; j += 4)
				for (int place = 0; place < 4; place++)
					for (int k = 0; k < 4; k++)
						s[k] = _mm256_xor_si256(s[k], _mm256_load_si256(from + j + place * apart + k));
		for (; i < n; i += 4)
			for (int k = 0; k < 4; k++)
				s[k] = _mm256_xor_si256(s[k], _mm256_load_si256(from + i + k));
		s[0] = _mm256_xor_si256(_mm256_xor_si256(s[0], s[1]), _mm256_xor_si256(s[2], s[3]));
		sink = _mm256_extract_epi64(s[0], 0);
	} else if (!strcmp(op, "copy")) {
#pragma GCC unroll 8
		for (size_t i = 0; i < n; i++)
			_mm256_store_si256(to + i, _mm256_load_si256(from + i));
	} else {
		/* At four pages in turn. */
		size_t page = 4096 / sizeof v, i = 0;
		for (; i + 4 * page <= n; i += 4 * page)
			for (size_t j = i; j < i + page; j += 4)
				for (int place = 0; place < 4; place++) {
					__m256i line[4];
					for (int k = 0; k < 4; k++)
						line[k] = _mm256_load_si256(from + j + place * page + k);
					for (int k = 0; k < 4; k++)
						_mm256_stream_si256(to + j + place * page + k, line[k]);
				}
		for (; i < n; i++)
			_mm256_stream_si256(to + i, _mm256_load_si256(from + i));
		_mm_sfence();
	}
	__asm__ volatile("" ::: "memory");
}

static void bandwidth(size_t bytes, int n)
{
	static const char *ops[] = { "fill", "fill-nt", "write", "write-nt", "read", "copy", "copy-nt" };
	char *map = memfd(bytes);
	fault_in(map, bytes);
	pid_t pid = split(n);
	fault_in(map, bytes);
	/* An order of this run's own, the same in both processes. */
	if (me == 0)
		atomic_store(&board->at[63], (uint32_t)nanoseconds());
	barrier();
	srand(atomic_load(&board->at[63]));
	size_t order[LEN(ops)];
	for (size_t k = 0; k < LEN(ops); k++) {
		size_t other = rand() % (k + 1);
		order[k] = order[other];
		order[other] = k;
	}
	for (size_t k = 0; k < LEN(ops); k++) {
		const char *op = ops[order[k]];
		int copies = !strncmp(op, "copy", 4);
		size_t share = bytes / (n * (copies ? 2 : 1)) / 4096 * 4096;
		size_t passes = (384ull << 20) / (bytes / (copies ? 2 : 1));
		char *at = map + me * share * (copies ? 2 : 1);
		if (passes < 3)
			passes = 3;
		pass(op, at, share);
		barrier();
		uint64_t begin = ticks();
		for (size_t p = 0; p < passes; p++)
			pass(op, at, share);
		board->end[me] = ticks();
		board->begin[me] = begin;
		barrier();
		if (me == 0) {
			for (int p = 1; p < n; p++) {
				if (board->begin[p] < begin)
					begin = board->begin[p];
				if (board->end[p] > board->end[0])
					board->end[0] = board->end[p];
			}
			double took = (board->end[0] - begin) / a_nanosecond;
			printf("%s %f\n", op, (double)share * passes * n / took * 1e9 / (1 << 30));
		}
		barrier();
	}
	if (!pid)
		_exit(0);
	if (n > 1)
		waitpid(pid, NULL, 0);
}

static void touch(const char *op, size_t bytes, size_t skip)
{
	volatile char *map = memfd(bytes);
	size_t pages = bytes / 4096;
	double *took = malloc(pages * sizeof *took);
	for (size_t n = 0; n < pages; n++) {
		uint64_t begin = ticks();
		map[n * 4096] = 1;
		took[n] = (ticks() - begin) / a_nanosecond;
	}
	if (op)
		printf("%s %f\n", op, median(took + skip, pages - skip));
	munmap((void *)map, bytes);
	free(took);
}

static void fault(size_t bytes)
{
	pin(0);
	touch("page", bytes, bytes / 4096 / 8);
	touch(NULL, 1 << 20, 0);
	touch("page-warm", 1 << 20, 0);
}

static inline void put_line(_Atomic uint64_t *line, uint64_t number)
{
	for (int w = 0; w < 7; w++)
		atomic_store_explicit(line + w, number, memory_order_relaxed);
	atomic_store_explicit(line + 7, number, memory_order_release);
}

static inline void get_line(_Atomic uint64_t *line, uint64_t number)
{
	uint64_t sum = 0;
	while (atomic_load_explicit(line + 7, memory_order_acquire) != number)
		_mm_pause();
	for (int w = 0; w < 7; w++)
		sum += atomic_load_explicit(line + w, memory_order_relaxed);
	sink = sum;
}

static void ping_pong(void)
{
	enum { BATCH = 64, BATCHES = 200, SLEEPS = 200 };
	char *map = memfd(1 << 20);
	fault_in(map, 1 << 20);
	pid_t pid = split(2);
	fault_in(map, 1 << 20);
	double took[BATCHES];
	_Atomic uint64_t *word = (void *)(map + 65536);
	memset(took, 1, sizeof took);
	atomic_store(word, 0);
	barrier();
	for (int warm = 1; warm >= 0; warm--) {
		uint64_t number = warm ? 0 : 2 * 512;
		for (int b = 0; b < (warm ? 8 : BATCHES); b++) {
			uint64_t begin = ticks();
			for (int n = 0; n < BATCH; n++, number += 2) {
				if (me == 0) {
					atomic_store_explicit(word, number + 1, memory_order_release);
					while (atomic_load_explicit(word, memory_order_acquire) != number + 2)
						_mm_pause();
				} else {
					while (atomic_load_explicit(word, memory_order_acquire) != number + 1)
						_mm_pause();
					atomic_store_explicit(word, number + 2, memory_order_release);
				}
			}
			took[b] = (ticks() - begin) / a_nanosecond / BATCH;
		}
	}
	if (me == 0)
		printf("spin %f\n", median(took, BATCHES));
	barrier();
	/* A line of which the last word is the number, as a put of 64 bytes and a look at its end. */
	_Atomic uint64_t *ask = (void *)(map + 131072), *answer = ask + 64;
	uint64_t number = 0;
	for (int warm = 1; warm >= 0; warm--) {
		for (int b = 0; b < (warm ? 8 : BATCHES); b++) {
			uint64_t begin = ticks();
			for (int n = 0; n < BATCH; n++) {
				number++;
				if (me == 0) {
					put_line(ask, number);
					get_line(answer, number);
				} else {
					get_line(ask, number);
					put_line(answer, number);
				}
			}
			took[b] = (ticks() - begin) / a_nanosecond / BATCH;
		}
	}
	if (me == 0)
		printf("spin-64B %f\n", median(took, BATCHES));
	barrier();
	_Atomic uint32_t *words = (void *)(map + 262144);
	uint32_t at = 0;
	for (int one = 0; one < 2; one++) {
		double slept[SLEEPS];
		pin(one ? 0 : me);
		barrier();
		for (int n = -20; n < SLEEPS; n++) {
			at++;
			uint64_t begin = ticks();
			while (!one && me == 0 && ticks() - begin < 20000 * a_nanosecond)
				;
			begin = ticks();
			for (int turn = 0; turn < 2; turn++) {
				_Atomic uint32_t *mine = words + 64 * turn;
				if (turn == me) {
					atomic_store_explicit(mine, at, memory_order_release);
					syscall(SYS_futex, mine, FUTEX_WAKE, INT32_MAX);
				} else {
					uint32_t seen;
					while ((seen = atomic_load_explicit(mine, memory_order_acquire)) != at)
						syscall(SYS_futex, mine, FUTEX_WAIT, seen, NULL);
				}
			}
			if (n >= 0)
				slept[n] = (ticks() - begin) / a_nanosecond;
		}
		if (me == 0)
			printf("%s %f\n", one ? "futex-one-cpu" : "futex", median(slept, SLEEPS));
		pin(me);
		barrier();
	}
	if (!pid)
		_exit(0);
	waitpid(pid, NULL, 0);
}

struct counts {
	_Alignas(256) _Atomic uint64_t sent;
	_Alignas(256) _Atomic uint64_t taken;
};

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* A ring of SLOTS places; FORM: s looks again at once, b waits 4 us, t that and tells of 32 at once. */
static void ring(size_t message)
{
	static const struct { size_t bytes; const char *word; } sizes[] = { { 8, "8B" }, { 64, "64B" }, { 512, "512B" },
		{ 4096, "4KiB" }, { 65536, "64KiB" }, { 1 << 20, "1MiB" } };
	static const char *forms[] = { "spin", "backoff", "batched" };
	const char *word = "?";
	for (size_t n = 0; n < LEN(sizes); n++)
		if (sizes[n].bytes == message)
			word = sizes[n].word;
	size_t stride = message < 64 ? 8 : message, slots = (4 << 20) / stride;
	slots = slots < 4 ? 4 : slots > 65536 ? 65536 : slots;
	size_t bytes = 8192 + slots * stride;
	char *map = memfd(bytes), *places = map + 8192;
	struct counts *counts = (void *)map;
	fault_in(map, bytes);
	pid_t pid = split(2);
	fault_in(map, bytes);
	/* In the middle of a page, as places begin one: 16 bytes behind its begin, as malloc has it, an EPYC took 42 us for a
	 * memcpy of 64 KiB instead of 2. */
	char *own = (char *)aligned_alloc(4096, (message + 8191) / 4096 * 4096) + 2048;
	memset(own, 1, message);
	for (size_t f = 0; f < LEN(forms); f++) {
		uint64_t batch = f == 2 ? (slots / 2 < 32 ? slots / 2 : 32) : 1;
		uint64_t pause = f ? 4000 * a_nanosecond : 0;
		for (int warm = 1; warm >= 0; warm--) {
			uint64_t count = slots / batch * batch, known = 0;
			barrier();
			if (me == 0)
				counts->sent = counts->taken = 0;
			barrier();
			uint64_t begin = ticks();
			/* A sample takes 30 ms, as fast as the unmeasured pass was. */
			if (!warm)
				count = board->begin[0] / batch * batch;
			/* In runs, in which nothing is asked but of the message itself. */
			for (uint64_t n = 0; n < count;) {
				uint64_t end = count;
				if (me) {
					while (n - known >= slots) {
						known = atomic_load_explicit(&counts->taken, memory_order_acquire);
						_mm_pause();
					}
					end = least(end, known + slots);
					if (batch > 1)
						end = least(end, (n | (batch - 1)) + 1);
					for (; n < end; n++) {
						char *place = places + (n & (slots - 1)) * stride;
						if (message == 8) {
							*(uint64_t *)place = n;
						} else if (message == 64) {
							*(uint64_t *)own = n;
							memcpy(place, own, 64);
						} else {
							*(uint64_t *)own = n;
							memcpy(place, own, message);
						}
						__asm__ volatile("" ::: "memory");
						if (batch == 1)
							atomic_store_explicit(&counts->sent, n + 1, memory_order_release);
					}
					if (batch > 1 && (n & (batch - 1)) == 0)
						atomic_store_explicit(&counts->sent, n, memory_order_release);
				} else {
					while (known <= n) {
						known = atomic_load_explicit(&counts->sent, memory_order_acquire);
						if (known > n)
							break;
						uint64_t start = pause ? ticks() : 0;
						while (pause && ticks() - start < pause)
							_mm_pause();
						_mm_pause();
					}
					end = least(least(end, known), (n | (slots / 4 - 1)) + 1);
					uint64_t wrong = 0;
					for (; n < end; n++) {
						char *place = places + (n & (slots - 1)) * stride;
						if (message == 8)
							*(uint64_t *)own = *(uint64_t *)place;
						else if (message == 64)
							memcpy(own, place, 64);
						else
							memcpy(own, place, message);
						wrong |= *(uint64_t *)own ^ n;
						__asm__ volatile("" ::: "memory");
					}
					if (wrong)
						exit(9);
					if ((n & (slots / 4 - 1)) == 0)
						atomic_store_explicit(&counts->taken, n, memory_order_release);
				}
			}
			if (warm && me == 0) {
				board->begin[0] = slots / ((ticks() - begin) / a_nanosecond) * 30e6;
				if (board->begin[0] < slots)
					board->begin[0] = slots;
			}
			if (!warm && me == 0)
				printf("%s-%s %f\n", word, forms[f], count / ((ticks() - begin) / a_nanosecond) * 1e9);
		}
	}
	if (message == 64) {
		enum { TIMED = 2000 };
		double took[TIMED];
		memset(took, 1, sizeof took);
		barrier();
		if (me == 0)
			counts->sent = counts->taken = 0;
		barrier();
		uint64_t due = ticks(), period = 10000 * a_nanosecond;
		for (uint64_t n = 0; n < TIMED; n++) {
			char *place = places + (n & (slots - 1)) * stride;
			if (me) {
				due += period;
				while (ticks() < due)
					_mm_pause();
				*(uint64_t *)own = due;
				memcpy(place, own, 64);
				atomic_store_explicit(&counts->sent, n + 1, memory_order_release);
			} else {
				while (atomic_load_explicit(&counts->sent, memory_order_acquire) <= n)
					_mm_pause();
				memcpy(own, place, 64);
				double late = (double)(int64_t)(ticks() - *(uint64_t *)own) / a_nanosecond;
				took[n] = late > 0 ? late : 0;
			}
		}
		if (me == 0)
			printf("64B-latency %f\n", median(took, TIMED));
	}
	if (!pid)
		_exit(0);
	waitpid(pid, NULL, 0);
}

/* Other mappings beside those that come and go, as few as make these cheapest: see spacers in src/bench/lifecycle.rs. */
static void space_out(size_t bytes)
{
	enum { NODE = 16, TURNS = 12 };
	uint64_t cost[NODE], least = UINT64_MAX;
	void *spacer[NODE];
	for (int n = 0; n < NODE; n++) {
		cost[n] = UINT64_MAX;
		for (int turn = 0; turn < TURNS; turn++) {
			uint64_t start = ticks();
			void *map = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
			munmap(map, bytes);
			uint64_t took = ticks() - start;
			if (took < cost[n])
				cost[n] = took;
		}
		if (cost[n] < least)
			least = cost[n];
		spacer[n] = mmap(NULL, 1, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	}
	int keep = 0;
	while (cost[keep] > least + least / 20)
		keep++;
	for (int n = keep; n < NODE; n++)
		munmap(spacer[n], 1);
}

static void lifecycle(size_t bytes)
{
	enum { LIVES = 50 };
	static const char *steps[] = { "create", "size", "map", "touch", "unmap", "remove", "whole" };
	double took[LEN(steps)][LIVES];
	pin(0);
	space_out(bytes);
	for (int life = 0; life < LIVES; life++) {
		for (int whole = 0; whole < 2; whole++) {
			uint64_t at[7];
			int n = 0;
			at[n++] = ticks();
			int fd = memfd_create("truth", MFD_CLOEXEC);
			if (!whole)
				at[n++] = ticks();
			if (ftruncate(fd, bytes))
				die("ftruncate");
			if (!whole)
				at[n++] = ticks();
			volatile char *map = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
			if (!whole)
				at[n++] = ticks();
			*map = 1;
			if (!whole)
				at[n++] = ticks();
			munmap((void *)map, bytes);
			if (!whole)
				at[n++] = ticks();
			close(fd);
			uint64_t end = ticks();
			if (whole) {
				took[6][life] = (end - at[0]) / a_nanosecond;
				continue;
			}
			at[n] = end;
			for (int s = 0; s < 6; s++)
				took[s][life] = (at[s + 1] - at[s]) / a_nanosecond;
		}
	}
	for (size_t s = 0; s < LEN(steps); s++)
		printf("%s %f\n", steps[s], median(took[s], LIVES));
}

int main(int argc, char **argv)
{
	if (argc != 4)
		return 2;
	size_t bytes = strtoull(argv[2], NULL, 0);
	int n = atoi(argv[3]);
	setvbuf(stdout, NULL, _IOLBF, 0);
	calibrate();
	board = mmap(NULL, sizeof *board, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (!strcmp(argv[1], "bandwidth"))
		bandwidth(bytes, n);
	else if (!strcmp(argv[1], "fault"))
		fault(bytes);
	else if (!strcmp(argv[1], "ping-pong"))
		ping_pong();
	else if (!strcmp(argv[1], "ring"))
		ring(bytes);
	else if (!strcmp(argv[1], "lifecycle"))
		lifecycle(bytes);
	else
		return 2;
	return 0;
}
