/* scratch.c - see scratch.h. */
#define _GNU_SOURCE /* memfd_create */
#include "scratch.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

const char *
scratch_file(const uint8_t *data, size_t size)
{
	static int fd = -1;
	static char name[64];

	if (fd < 0) {
		fd = memfd_create("scratch", MFD_CLOEXEC);
		if (fd < 0)
			return NULL;
		(void)snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	}
	if (ftruncate(fd, 0) != 0 || pwrite(fd, data, size, 0) != (ssize_t)size)
		return NULL;
	return name;
}
