/* What somebody else's container may do to the one who looks at it.
 *
 *   attack forge PLACE NAME TEXT|-TARGET ...   as user 65534, in namespaces of its own: a tmpfs over PLACE, with
 *                                              files of that text, or links to that target
 *   attack swap HOST                           as user 65534, in namespaces of its own: /dev/shm, and in turns a
 *                                              link to HOST in its place
 *   attack stuck FOLDER [PLACE]                a FUSE file system there whose server answers nothing any more once
 *                                              a child has its `file` open, and mounted over PLACE
 *
 * Says `ready`, and `pid N` of the child; ends with its standard input. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void must(int ok, const char *what)
{
	if (!ok) {
		perror(what);
		exit(1);
	}
}

static void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	must(fd >= 0, path);
	must(write(fd, text, strlen(text)) == (ssize_t)strlen(text), path);
	close(fd);
}

/* A user without rights, and then root of nothing but its own namespaces. */
static void apart(void)
{
	must(setgid(65534) == 0 && setuid(65534) == 0, "setuid");
	must(prctl(PR_SET_DUMPABLE, 1) == 0, "prctl");
	must(unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0, "unshare");
	put("/proc/self/setgroups", "deny");
	put("/proc/self/uid_map", "0 65534 1");
	put("/proc/self/gid_map", "0 65534 1");
}

static void wait_for_the_end(void)
{
	char c;
	printf("ready\n");
	fflush(stdout);
	while (read(0, &c, 1) > 0)
		;
}

static void forge(char **args)
{
	apart();
	must(mount("forged", args[0], "tmpfs", 0, "mode=755") == 0, args[0]);
	must(chdir(args[0]) == 0, args[0]);
	for (args++; args[0] && args[1]; args += 2) {
		if (args[1][0] == '-')
			must(symlink(args[1] + 1, args[0]) == 0, args[0]);
		else
			put(args[0], args[1]);
	}
	wait_for_the_end();
}

static void swap(const char *host)
{
	apart();
	must(mount("dev", "/dev", "tmpfs", 0, "mode=755") == 0, "/dev");
	must(mkdir("/dev/shm", 0755) == 0 && symlink(host, "/dev/other") == 0, "/dev/shm");
	put("/dev/shm/own", "x");
	printf("ready\n");
	fflush(stdout);
	for (;;) {
		struct pollfd end = {.fd = 0, .events = POLLIN};
		if (poll(&end, 1, 0) > 0)
			return;
		for (int i = 0; i < 100; i++) {
			must(syscall(SYS_renameat2, AT_FDCWD, "/dev/shm", AT_FDCWD, "/dev/other", 2) == 0, "swap");
			for (volatile int wait = 0; wait < 20000; wait++)
				;
		}
	}
}

static int fuse;

static void answer(struct fuse_in_header *in, int error, const void *data, size_t size)
{
	char out[4096];
	struct fuse_out_header head = {.len = sizeof head + size, .error = error, .unique = in->unique};
	memcpy(out, &head, sizeof head);
	if (size)
		memcpy(out + sizeof head, data, size);
	must(write(fuse, out, head.len) == (ssize_t)head.len || errno == ENOENT, "answer");
}

static struct fuse_attr attr(unsigned long node)
{
	return (struct fuse_attr){.ino = node,
				  .mode = node == 1 ? S_IFDIR | 0755 : S_IFREG | 0666,
				  .nlink = 1,
				  .size = 4096,
				  .blocks = 8,
				  .blksize = 4096};
}

static void stuck(const char *folder, const char *over)
{
	static char in[1 << 20];
	char options[128];
	int said[2];
	fuse = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	must(fuse >= 0, "/dev/fuse");
	snprintf(options, sizeof options, "fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other", fuse);
	must(mount("stuck", folder, "fuse", 0, options) == 0, folder);
	must(pipe(said) == 0, "pipe");
	pid_t child = fork();
	must(child >= 0, "fork");
	if (child == 0) {
		char path[4096];
		close(fuse);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		snprintf(path, sizeof path, "%s/file", folder);
		int fd = open(path, O_RDWR);
		must(fd >= 0 && write(fd, "x", 1) == 1, path);
		must(!over || mount(path, over, NULL, MS_BIND, NULL) == 0, "bind");
		must(write(said[1], "x", 1) == 1, "pipe");
		for (;;)
			pause();
	}
	for (;;) {
		struct pollfd all[] = {{.fd = fuse, .events = POLLIN}, {.fd = said[0], .events = POLLIN}};
		must(poll(all, 2, 10000) > 0, "poll");
		if (all[1].revents)
			break;
		ssize_t n = read(fuse, in, sizeof in);
		if (n < 0 && (errno == ENOENT || errno == EINTR))
			continue;
		must(n >= (ssize_t)sizeof(struct fuse_in_header), "read");
		struct fuse_in_header *head = (void *)in;
		void *body = in + sizeof *head;
		switch (head->opcode) {
		case FUSE_INIT: {
			struct fuse_init_out out = {.major = 7, .minor = 31, .max_write = 4096};
			out.max_readahead = ((struct fuse_init_in *)body)->max_readahead;
			answer(head, 0, &out, sizeof out);
			break;
		}
		case FUSE_LOOKUP: {
			struct fuse_entry_out out = {.nodeid = 2, .attr = attr(2)};
			answer(head, 0, &out, sizeof out);
			break;
		}
		case FUSE_GETATTR: {
			struct fuse_attr_out out = {.attr = attr(head->nodeid)};
			answer(head, 0, &out, sizeof out);
			break;
		}
		case FUSE_OPEN:
		case FUSE_OPENDIR: {
			struct fuse_open_out out = {.fh = 1, .open_flags = FOPEN_DIRECT_IO};
			answer(head, 0, &out, sizeof out);
			break;
		}
		case FUSE_WRITE: {
			struct fuse_write_out out = {.size = ((struct fuse_write_in *)body)->size};
			answer(head, 0, &out, sizeof out);
			break;
		}
		case FUSE_FORGET:
		case FUSE_BATCH_FORGET:
		case FUSE_INTERRUPT:
			break;
		default:
			answer(head, -ENOSYS, NULL, 0);
		}
	}
	printf("pid %d\n", child);
	wait_for_the_end();
	kill(child, SIGKILL);
	close(fuse); /* whoever waits is told that nobody is there */
	waitpid(child, NULL, 0);
	umount2(folder, MNT_DETACH);
}

int main(int argc, char **argv)
{
	must(argc > 2, "arguments");
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (!strcmp(argv[1], "forge"))
		forge(argv + 2);
	else if (!strcmp(argv[1], "swap"))
		swap(argv[2]);
	else if (!strcmp(argv[1], "stuck"))
		stuck(argv[2], argv[3]);
	return 0;
}
