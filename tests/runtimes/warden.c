/* warden FILE PROGRAM ARGUMENTS...: runs the program as the first choice of the OOM killer, and then prints
 * `@@ ended CODE BLOCKS WORDS`: its exit code (128 and the signal where one ended it), the blocks of 512 bytes that
 * FILE takes, and what it wrote to standard error. After a kill the memory limit is still reached: so it starts
 * nothing, and all that it needs is there before. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char said[512], line[1024];

int main(int argc, char **argv)
{
	int ends[2], status, fd;
	size_t length = 0;
	ssize_t more;
	struct stat file;

	if (argc < 3 || pipe(ends))
		return 2;
	memset(said, 1, sizeof said);
	memset(line, 1, sizeof line);
	said[0] = 0;
	pid_t child = fork();
	if (child < 0)
		return 2;
	if (!child) {
		fd = open("/proc/self/oom_score_adj", O_WRONLY);
		if (fd >= 0 && write(fd, "1000", 4) == 4)
			close(fd);
		dup2(ends[1], 2);
		close(ends[0]);
		close(ends[1]);
		execv(argv[2], argv + 2);
		_exit(127);
	}
	close(ends[1]);
	while (length < sizeof said - 1 && (more = read(ends[0], said + length, sizeof said - 1 - length)) > 0)
		length += more;
	said[length] = 0;
	for (char *at = said; *at; at++)
		if (*at == '\n')
			*at = ' ';
	if (waitpid(child, &status, 0) != child)
		return 2;
	int code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
	long long blocks = stat(argv[1], &file) ? 0 : (long long)file.st_blocks;
	int size = snprintf(line, sizeof line, "@@ ended %d %lld %s\n", code, blocks, said);
	return write(1, line, size) == size ? 0 : 2;
}
