/* Loaded before user-mode-linux (LD_PRELOAD) on CPUs with more registers than it has room for.
 *
 * Linux 6.1 as a program keeps the wide registers of its processes in a buffer of fixed size
 * (HOST_FP_SIZE, arch/x86/um/user-offsets.c). A CPU with tile registers (AMX) has more than that, and
 * the kernel below takes all of them or none (xstateregs_set, arch/x86/kernel/fpu/regset.c): the first
 * process of the guest dies of EFAULT. Here the rest is added and taken away. It is left empty: no
 * process may use tiles that has not asked for them (arch_prctl(2), ARCH_REQ_XCOMP_PERM).
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <elf.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/types.h>
#include <sys/uio.h>

/* Bytes that all registers of any CPU so far need, and where XSTATE_BV tells which of them are in use. */
enum { MOST = 16384, IN_USE = 512 };

/* Registers whose place is inside of the guest's buffer: up to PKRU (number 9). */
static const uint64_t KNOWN = (1 << 10) - 1;

static long (*real)(enum __ptrace_request, ...);

static long get(pid_t pid, void *what, struct iovec *theirs, struct iovec *all)
{
    long answer = real(PTRACE_GETREGSET, pid, what, all);
    if (answer == 0) {
        if (theirs->iov_len > all->iov_len)
            theirs->iov_len = all->iov_len;
        memcpy(theirs->iov_base, all->iov_base, theirs->iov_len);
    }
    return answer;
}

static long set(pid_t pid, void *what, const struct iovec *theirs, struct iovec *all)
{
    static char scratch[MOST];
    struct iovec now = {scratch, sizeof scratch};
    /* How many bytes there are on this CPU. */
    if (real(PTRACE_GETREGSET, pid, what, &now))
        return -1;
    all->iov_len = now.iov_len;
    memcpy(all->iov_base, theirs->iov_base,
           theirs->iov_len < all->iov_len ? theirs->iov_len : all->iov_len);
    uint64_t in_use;
    memcpy(&in_use, (char *)all->iov_base + IN_USE, sizeof in_use);
    in_use &= KNOWN;
    memcpy((char *)all->iov_base + IN_USE, &in_use, sizeof in_use);
    return real(PTRACE_SETREGSET, pid, what, all);
}

long ptrace(enum __ptrace_request request, ...)
{
    va_list more;
    va_start(more, request);
    pid_t pid = va_arg(more, pid_t);
    void *address = va_arg(more, void *);
    void *data = va_arg(more, void *);
    va_end(more);
    if (!real)
        real = (long (*)(enum __ptrace_request, ...))dlsym(RTLD_NEXT, "ptrace");
    if ((uintptr_t)address == NT_X86_XSTATE) {
        /* Not on the stack: the guest's are small. It has one CPU, so nobody else is here. */
        static char buffer[MOST];
        memset(buffer, 0, sizeof buffer);
        struct iovec all = {buffer, sizeof buffer};
        if (request == PTRACE_GETREGSET)
            return get(pid, address, data, &all);
        if (request == PTRACE_SETREGSET)
            return set(pid, address, data, &all);
    }
    return real(request, pid, address, data);
}
