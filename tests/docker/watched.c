/* watched WHAT [ARGUMENTS]: does one thing that `shmeter watch` is to tell rightly.
 *
 * spike FILE BYTES MILLISECONDS   fills a file, holds it for so long and removes it
 * sparse FILE BYTES               promises so much, and stores to a byte of each page
 * refused FILE BYTES              asks for so much with fallocate, and ends with 1 where it is refused
 * truncated FILE                  stores beyond the end of a file that was cut off
 * catch FILE BYTES TIMES          the same as sparse, but catches SIGBUS so many times and ends well
 * again FILE BYTES                catches SIGBUS, and raises it again
 * aligned                         SIGBUS that a process sends itself, with BUS_ADRALN's number
 * heap BYTES                      takes so much memory of its own
 * memfd BYTES MILLISECONDS        holds so much in a memfd
 * segment BYTES MILLISECONDS      holds so much in a System V segment
 * fork TIMES                      starts and ends so many processes, one after the other
 * exec-by-thread WHAT...          becomes `watched WHAT...` in a thread that is not the first
 * vfork WHAT...                   starts `watched WHAT...` with vfork and ends as it did
 * child WHAT...                   starts `watched WHAT...` with fork and ends with 3 if a signal ended that
 * killed-threads WHAT...          kills a child with 20 threads, and becomes `watched WHAT...`
 * daemon WHAT...                  leaves `watched WHAT...` behind as an orphan, and ends
 * trace                           tries to trace a child; ends with 4 where that is refused
 * untraced WHAT...                starts `watched WHAT...` with CLONE_UNTRACED and ends as it did
 * signals FILE                    writes to FILE what its signals come to; ends on SIGTERM with 5
 * stop FILE                       stops itself, and writes to FILE once it goes on
 * beat FILE COUNT                 appends a byte to FILE every few milliseconds, and gets a signal each time */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char **rest;

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static void wait_for(const char *milliseconds)
{
	long n = atol(milliseconds);
	struct timespec t = {n / 1000, n % 1000 * 1000000};
	while (nanosleep(&t, &t))
		;
}

static int make(const char *file)
{
	int fd = open(file, O_RDWR | O_CREAT | O_TRUNC, 0600);
	if (fd < 0)
		fail(file);
	return fd;
}

static volatile char *map(int fd, unsigned long bytes)
{
	volatile char *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (at == MAP_FAILED)
		fail("mmap");
	return at;
}

static void touch(volatile char *at, unsigned long bytes)
{
	unsigned long page = sysconf(_SC_PAGESIZE);
	for (unsigned long i = 0; i < bytes; i += page)
		at[i] = 1;
}

static volatile char *promise(const char *file, unsigned long bytes)
{
	int fd = make(file);
	if (ftruncate(fd, bytes))
		fail("ftruncate");
	volatile char *at = map(fd, bytes);
	unlink(file);
	return at;
}

static sigjmp_buf back;

static void caught(int signal)
{
	(void)signal;
	siglongjmp(back, 1);
}

static void catch_it(volatile char *at, const unsigned long bytes, const long most)
{
	static volatile long times;
	signal(SIGBUS, caught);
	while (times < most) {
		times++;
		if (!sigsetjmp(back, 1))
			touch(at, bytes);
	}
}

static void raise_again(int signal_)
{
	signal(signal_, SIG_DFL);
	raise(signal_);
}

static void become(char **words)
{
	execv(words[0], words);
	_exit(126);
}

static void *in_thread(void *nothing)
{
	become(rest);
	return nothing;
}

static void *asleep(void *nothing)
{
	for (;;)
		pause();
	return nothing;
}

static int end_of(pid_t child)
{
	int status;
	while (waitpid(child, &status, __WALL) != child)
		if (errno != EINTR)
			fail("waitpid");
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static volatile sig_atomic_t term, usr1, winch;

static void count(int signal)
{
	if (signal == SIGTERM)
		term++;
	else if (signal == SIGUSR1)
		usr1++;
	else
		winch++;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	unsigned long bytes = argc > 3 ? strtoul(argv[3], NULL, 10) : 0;
	rest = argv + 1;
	rest[0] = argv[0];
	if (!strcmp(what, "spike") && argc == 5) {
		volatile char *at = map(make(argv[2]), bytes);
		if (truncate(argv[2], bytes))
			fail("truncate");
		touch(at, bytes);
		wait_for(argv[4]);
		unlink(argv[2]);
		munmap((void *)at, bytes);
	} else if (!strcmp(what, "sparse") && argc == 4) {
		touch(promise(argv[2], bytes), bytes);
	} else if (!strcmp(what, "refused") && argc == 4) {
		int refused = posix_fallocate(make(argv[2]), 0, bytes);
		unlink(argv[2]);
		return refused != 0;
	} else if (!strcmp(what, "truncated") && argc == 3) {
		unsigned long page = sysconf(_SC_PAGESIZE);
		int fd = make(argv[2]);
		if (ftruncate(fd, 8 * page))
			fail("ftruncate");
		volatile char *at = map(fd, 8 * page);
		touch(at, 8 * page);
		if (ftruncate(fd, 2 * page))
			fail("ftruncate");
		at[5 * page + 16] = 1;
	} else if (!strcmp(what, "catch") && argc == 5) {
		catch_it(promise(argv[2], bytes), bytes, atol(argv[4]));
	} else if (!strcmp(what, "again") && argc == 4) {
		volatile char *at = promise(argv[2], bytes);
		signal(SIGBUS, raise_again);
		touch(at, bytes);
	} else if (!strcmp(what, "aligned")) {
		siginfo_t info = {.si_signo = SIGBUS, .si_code = SI_QUEUE};
		syscall(SYS_rt_tgsigqueueinfo, getpid(), gettid(), SIGBUS, &info);
	} else if (!strcmp(what, "heap") && argc == 3) {
		bytes = strtoul(argv[2], NULL, 10);
		touch(mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), bytes);
	} else if (!strcmp(what, "memfd") && argc == 4) {
		bytes = strtoul(argv[2], NULL, 10);
		int fd = memfd_create("watched", 0);
		if (fd < 0 || ftruncate(fd, bytes))
			fail("memfd");
		touch(map(fd, bytes), bytes);
		wait_for(argv[3]);
	} else if (!strcmp(what, "segment") && argc == 4) {
		bytes = strtoul(argv[2], NULL, 10);
		int id = shmget(IPC_PRIVATE, bytes, 0600);
		volatile char *at = shmat(id, NULL, 0);
		shmctl(id, IPC_RMID, NULL);
		if (at == (void *)-1)
			fail("shmat");
		touch(at, bytes);
		wait_for(argv[3]);
	} else if (!strcmp(what, "fork") && argc == 3) {
		for (long n = atol(argv[2]); n > 0; n--) {
			pid_t child = fork();
			if (!child)
				_exit(n & 1);
			if (end_of(child) != (n & 1))
				return 1;
		}
	} else if (!strcmp(what, "exec-by-thread")) {
		pthread_t thread;
		if (pthread_create(&thread, NULL, in_thread, NULL))
			fail("pthread_create");
		pthread_join(thread, NULL);
		return 1;
	} else if (!strcmp(what, "vfork")) {
		pid_t child = vfork();
		if (!child)
			become(rest);
		return end_of(child);
	} else if (!strcmp(what, "untraced")) {
		pid_t child = syscall(SYS_clone, CLONE_UNTRACED | SIGCHLD, 0, 0, 0, 0);
		if (!child)
			become(rest);
		return end_of(child);
	} else if (!strcmp(what, "child")) {
		pid_t child = fork();
		if (!child)
			become(rest);
		return end_of(child) > 128 ? 3 : 0;
	} else if (!strcmp(what, "killed-threads")) {
		pid_t child = fork();
		if (!child) {
			pthread_t thread;
			for (int n = 0; n < 20; n++)
				pthread_create(&thread, NULL, asleep, NULL);
			asleep(NULL);
		}
		wait_for("300");
		kill(child, SIGKILL);
		end_of(child);
		become(rest);
	} else if (!strcmp(what, "daemon")) {
		if (!fork()) {
			if (fork())
				_exit(0);
			setsid();
			become(rest);
		}
		wait(NULL);
	} else if (!strcmp(what, "trace")) {
		pid_t child = fork();
		if (!child) {
			pause();
			_exit(0);
		}
		int refused = ptrace(PTRACE_SEIZE, child, 0, 0) != 0;
		kill(child, SIGKILL);
		end_of(child);
		return refused ? 4 : 0;
	} else if (!strcmp(what, "signals") && argc == 3) {
		struct sigaction action = {.sa_handler = count};
		sigaction(SIGTERM, &action, NULL);
		sigaction(SIGUSR1, &action, NULL);
		sigaction(SIGRTMIN + 5, &action, NULL);
		FILE *file = fopen(argv[2], "w");
		fprintf(file, "ready\n");
		fflush(file);
		while (!term)
			usleep(1000);
		fprintf(file, "%d %d %d\n", term, usr1, winch);
		fclose(file);
		return 5;
	} else if (!strcmp(what, "stop") && argc == 3) {
		kill(getpid(), SIGSTOP);
		close(make(argv[2]));
	} else if (!strcmp(what, "beat") && argc == 4) {
		struct sigaction action = {.sa_handler = count};
		sigaction(SIGUSR1, &action, NULL);
		int fd = make(argv[2]);
		for (long n = 0; n < atol(argv[3]); n++) {
			kill(getpid(), SIGUSR1);
			if (usr1 != n + 1 || write(fd, ".", 1) != 1)
				return 7;
			if (n % 16 == 0) {
				pid_t child = fork();
				if (!child)
					_exit(0);
				end_of(child);
			}
			usleep(500);
		}
		if (write(fd, "!", 1) != 1)
			return 7;
	} else {
		fprintf(stderr, "watched: %s: what?\n", what);
		return 2;
	}
	return 0;
}
