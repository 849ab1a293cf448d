/* Fails the n-th write or sync of a process. Loaded with LD_PRELOAD; told what to do in a file that both sides map. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

/* As in disk_shim.py. A count of 0 is off; 1 fails the next call. */
struct orders { int writes, syncs, error, lasting, seen_writes, seen_syncs; };
static struct orders *orders;

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("FAULTS_ORDERS");
    int file = path ? open(path, O_RDWR) : -1;
    if (file < 0) return;
    void *place = mmap(0, sizeof *orders, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (place != MAP_FAILED) orders = place;
    close(file);
}

/* Whether this call is the one that fails. */
static int fails(int *count, int *seen) {
    if (!orders) return 0;
    __sync_fetch_and_add(seen, 1);
    int left = *count;
    while (left > 0) {
        int next = left > 1 ? left - 1 : orders->lasting ? 1 : 0;
        if (__sync_bool_compare_and_swap(count, left, next)) {
            if (left > 1) return 0;
            errno = orders->error;
            return 1;
        }
        left = *count;
    }
    return 0;
}

#define WRITES fails(&orders->writes, &orders->seen_writes)
#define SYNCS fails(&orders->syncs, &orders->seen_syncs)
#define NEXT(name) static __typeof__(&name) next; if (!next) next = dlsym(RTLD_NEXT, #name)

ssize_t pwrite(int file, const void *data, size_t size, off_t at) {
    NEXT(pwrite);
    return orders && WRITES ? -1 : next(file, data, size, at);
}

ssize_t pwrite64(int file, const void *data, size_t size, off64_t at) {
    NEXT(pwrite64);
    return orders && WRITES ? -1 : next(file, data, size, at);
}

int fsync(int file) {
    NEXT(fsync);
    return orders && SYNCS ? -1 : next(file);
}

int fdatasync(int file) {
    NEXT(fdatasync);
    return orders && SYNCS ? -1 : next(file);
}
