/* step CASE STEP CGROUP [-n v1|v2] [-o SCORE] [-t SECONDS] [-s] PROGRAM ARGUMENT...
 * runs PROGRAM in the cgroup whose folder is CGROUP and tells what came of it as a line of JSON.
 *   -n  in a cgroup namespace of its own, which sees that cgroup as the root, as a container does
 *   -o  with this oom_score_adj
 *   -t  SIGALRM comes after so many seconds
 *   -s  how far it is, ten times a second
 * What it printed is in /tmp/out as well.
 *
 * It stays outside of that cgroup, cannot be killed for want of memory, and holds what it needs to
 * tell of the end, as well as 4 MiB that it gives back then. tests/guest/machine.rs compiles it. */
#define _GNU_SOURCE
#include <ctype.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define OUT (256UL << 10) /* a whole journal of a run: some 100 KiB, more on a slow machine */
#define BALLAST (4UL << 20)
#define MOST_SAMPLES 1200

static struct {
	double at;
	unsigned long pages, blocks;
} samples[MOST_SAMPLES];
static char buffer[OUT * 2];

static void fail(const char *what)
{
	perror(what);
	exit(125);
}

static void put(const char *path, const char *text)
{
	int file = open(path, O_WRONLY);
	if (file < 0 || write(file, text, strlen(text)) < 0 || close(file))
		fail(path);
}

static void hide(const char *version)
{
	int unified = !strcmp(version, "v2");
	const char *type = unified ? "cgroup2" : "cgroup";
	const char *folder = unified ? "/sys/fs/cgroup" : "/sys/fs/cgroup/memory";
	if (unshare(CLONE_NEWCGROUP | CLONE_NEWNS))
		fail("unshare");
	if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL))
		fail("mount --make-rprivate /");
	/* The same hierarchy is not mounted twice on one folder. */
	if (umount2(folder, MNT_DETACH))
		fail("umount");
	if (mount(type, folder, type, 0, unified ? NULL : "memory"))
		fail(folder);
}

/* A file whose pages exist already: a full cgroup would refuse new ones to the child. */
static int paper(const char *path, char **text)
{
	int file = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (file < 0 || ftruncate(file, OUT))
		fail(path);
	*text = mmap(NULL, OUT, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	if (*text == MAP_FAILED)
		fail(path);
	memset(*text, 0, OUT);
	return file;
}

static void say_text(const char *name, const char *text)
{
	printf(",\"%s\":\"", name);
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			printf("\\%c", *text);
		else if (*text == '\n')
			printf("\\n");
		else if (!iscntrl((unsigned char)*text))
			putchar(*text);
	}
	putchar('"');
}

/* The number behind a word in a file of such pairs. */
static long counter(const char *path, const char *word)
{
	char text[8192], *at;
	int file = open(path, O_RDONLY);
	ssize_t length = file < 0 ? -1 : read(file, text, sizeof text - 1);
	if (file >= 0)
		close(file);
	text[length > 0 ? length : 0] = 0;
	for (at = text; (at = strstr(at, word)); at++)
		if ((at == text || at[-1] == '\n') && at[strlen(word)] == ' ')
			return atol(at + strlen(word));
	return -1;
}

static double now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

/* Bytes in the file that is being filled, or that the program counted. */
static void look(unsigned long *pages, unsigned long *blocks)
{
	char text[32] = "";
	struct stat stat_of;
	int file = open("/dev/shm/progress", O_RDONLY);
	if (file >= 0) {
		if (read(file, text, sizeof text - 1) < 0)
			text[0] = 0;
		close(file);
	}
	*pages = strtoul(text, NULL, 10);
	*blocks = stat("/dev/shm/fill", &stat_of) ? 0 : stat_of.st_blocks;
}

int main(int argc, char **argv)
{
	if (argc < 5)
		return 125;
	const char *cgroup = argv[3], *namespace = NULL, *score = "0";
	int seconds = 0, option, count = 0, sampling = 0, status;
	optind = 4;
	while ((option = getopt(argc, argv, "+n:o:t:s")) != -1) {
		switch (option) {
		case 'n': namespace = optarg; break;
		case 'o': score = optarg; break;
		case 't': seconds = atoi(optarg); break;
		case 's': sampling = 1; break;
		default: return 125;
		}
	}
	char members[4096], events[4096], *out_text, *err_text;
	snprintf(members, sizeof members, "%s/cgroup.procs", cgroup);
	snprintf(events, sizeof events, "%s/memory.events", cgroup);
	setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
	memset(buffer, 0, sizeof buffer);
	memset(samples, 0, sizeof samples);
	int out = paper("/tmp/out", &out_text), err = paper("/tmp/err", &err_text);
	void *ballast = mmap(NULL, BALLAST, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	put("/proc/self/oom_score_adj", "-1000");
	long kills = counter("/proc/vmstat", "oom_kill");
	double start = now();

	pid_t child = fork();
	if (child < 0)
		fail("fork");
	if (child == 0) {
		dup2(out, 1);
		dup2(err, 2);
		munmap(ballast, BALLAST);
		put(members, "0");
		if (namespace)
			hide(namespace);
		put("/proc/self/oom_score_adj", score);
		alarm(seconds);
		execv(argv[optind], argv + optind);
		fail(argv[optind]);
	}
	struct rusage usage;
	while (wait4(child, &status, sampling ? WNOHANG : 0, &usage) == 0) {
		usleep(100000);
		if (count < MOST_SAMPLES) {
			look(&samples[count].pages, &samples[count].blocks);
			samples[count++].at = now() - start;
		}
	}
	double end = now();
	munmap(ballast, BALLAST);

	unsigned long pages, blocks;
	look(&pages, &blocks);
	unlink("/dev/shm/fill");
	unlink("/dev/shm/progress");
	printf("{\"case\":\"%s\",\"step\":\"%s\",\"status\":%d,\"kills\":%ld,\"group_kills\":%ld",
	       argv[1], argv[2], WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status),
	       counter("/proc/vmstat", "oom_kill") - kills, counter(events, "oom_group_kill"));
	printf(",\"pages\":%lu,\"blocks\":%lu,\"seconds\":%.3f,\"cpu_seconds\":%.3f,\"samples\":[",
	       pages, blocks, end - start,
	       usage.ru_utime.tv_sec + usage.ru_stime.tv_sec +
		       (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6);
	for (int i = 0; i < count; i++)
		printf("%s[%.2f,%lu,%lu]", i ? "," : "", samples[i].at, samples[i].pages,
		       samples[i].blocks);
	printf("]");
	/* The last byte stays a zero, whatever the child wrote. */
	out_text[OUT - 1] = err_text[OUT - 1] = 0;
	say_text("out", out_text);
	say_text("err", err_text);
	printf("}\n");
	return fflush(stdout) ? 125 : 0;
}
