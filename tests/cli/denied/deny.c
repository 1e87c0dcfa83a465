/* Runs a program to which the kernel refuses system calls, as a container's seccomp profile does.
 *
 *   deny ERRNO CALL[,CALL...] PROGRAM [ARGUMENT...]   ERRNO: EPERM or ENOSYS
 *   deny --list                                       the calls that it knows, a line each
 *
 * Not among them, as no static program starts or speaks without: execve, read, write, mmap, mprotect, brk,
 * exit_group and arch_prctl; nor close, which Rust's library takes to succeed for a folder. The filter holds for what
 * the program starts too. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define MACHINE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define MACHINE AUDIT_ARCH_AARCH64
#else
#error "this machine's number of seccomp(2) is missing here"
#endif

struct call {
	const char *name;
	unsigned int number;
};

#define CALL(name) { #name, SYS_##name },

static const struct call calls[] = {
	/* Shared memory and its mappings. */
	CALL(memfd_create)
	CALL(shmget)
	CALL(shmat)
	CALL(shmctl)
	CALL(shmdt)
	CALL(ftruncate)
	CALL(fallocate)
	CALL(munmap)
	CALL(mremap)
	CALL(madvise)
	CALL(mincore)
	CALL(mlock)
	CALL(mlock2)
	CALL(mlockall)
	CALL(munlockall)
	CALL(mbind)
	CALL(get_mempolicy)
	/* Files. */
	CALL(openat)
	CALL(openat2)
	CALL(close_range)
	CALL(statx)
	CALL(newfstatat)
	CALL(fstat)
	CALL(statfs)
	CALL(fstatfs)
	CALL(getdents64)
	CALL(readlinkat)
	CALL(lseek)
	CALL(fcntl)
	CALL(ioctl)
	CALL(pipe2)
	CALL(writev)
	CALL(unlinkat)
	CALL(socketpair)
	CALL(sendmsg)
	CALL(recvmsg)
	CALL(uname)
	CALL(getrandom)
#ifdef SYS_poll
	CALL(poll)
	CALL(readlink)
	CALL(unlink)
	CALL(dup2)
#endif
	CALL(ppoll)
	/* Processes and signals. */
	CALL(clone)
	CALL(clone3)
	CALL(wait4)
	CALL(waitid)
	CALL(kill)
	CALL(tgkill)
	CALL(getpid)
	CALL(getppid)
	CALL(gettid)
	CALL(geteuid)
	CALL(prctl)
	CALL(prlimit64)
	CALL(getrlimit)
	CALL(setrlimit)
	CALL(getrusage)
	CALL(rt_sigaction)
	CALL(rt_sigprocmask)
	CALL(set_tid_address)
	CALL(set_robust_list)
	CALL(rseq)
	CALL(pidfd_open)
	CALL(pidfd_send_signal)
	/* Time, CPUs and waiting. */
	CALL(futex)
	CALL(clock_nanosleep)
	CALL(nanosleep)
	CALL(clock_gettime)
	CALL(sched_yield)
	CALL(sched_getaffinity)
	CALL(sched_setaffinity)
	CALL(timer_create)
	CALL(timer_settime)
};

enum { KNOWN = sizeof calls / sizeof *calls };

static void fail(const char *what)
{
	fprintf(stderr, "deny: %s: %s\n", what, strerror(errno));
	exit(125);
}

static unsigned int number_of(const char *name)
{
	for (size_t at = 0; at < KNOWN; at++)
		if (!strcmp(calls[at].name, name))
			return calls[at].number;
	errno = EINVAL;
	fail(name);
	return 0;
}

int main(int argc, char **argv)
{
	/* Four for the machine, two a call, one for the rest. */
	struct sock_filter steps[4 + 2 * KNOWN + 1] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, MACHINE, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	};
	struct sock_fprog filter = { .len = 4, .filter = steps };

	if (argc == 2 && !strcmp(argv[1], "--list")) {
		for (size_t at = 0; at < KNOWN; at++)
			puts(calls[at].name);
		return 0;
	}
	if (argc < 4) {
		errno = EINVAL;
		fail("ERRNO CALL[,CALL...] PROGRAM [ARGUMENT...]");
	}
	unsigned int refusal = strcmp(argv[1], "ENOSYS") ? EPERM : ENOSYS;
	size_t named = 0;
	for (char *name = strtok(argv[2], ","); name; name = strtok(NULL, ",")) {
		if (named++ == KNOWN) {
			errno = E2BIG;
			fail("too many calls");
		}
		steps[filter.len++] = (struct sock_filter)
			BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number_of(name), 0, 1);
		steps[filter.len++] = (struct sock_filter)
			BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | refusal);
	}
	steps[filter.len++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		fail("PR_SET_NO_NEW_PRIVS");
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter))
		fail("seccomp");
	execvp(argv[3], argv + 3);
	fail(argv[3]);
}
