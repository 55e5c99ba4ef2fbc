// What lets the addon load on systems with an older glibc (2.28 and later) than the one that it was
// built on.
//
// The linker binds every name to the newest version that the build machine's glibc has of it, and a
// system without that version refuses the addon. Most of these names have only moved
// (pthread_create from libpthread to libc in 2.34) or become functions (stat in 2.33), and are
// there under the version of 1997 too. The names are defined here, hidden, before the linker looks
// into libc: what the compiler, the static libstdc++ and the static libgcc call comes here and goes
// on to the old version. `scripts/lib/glibc.mjs` refuses an addon with a newer version than it may
// need.
#include <dlfcn.h>
#include <link.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>

#if defined(__GLIBC__) && defined(__x86_64__)

// Old is the name by which this file calls NAME of the oldest version.
#define OLD_VERSION(Old, NAME) asm(".symver " #Old ", " #NAME "@GLIBC_2.2.5")

#pragma GCC visibility push(default)
extern "C" {
int oldDladdr(const void *Address, Dl_info *Info) noexcept;
int oldPthreadCreate(pthread_t *Thread, const pthread_attr_t *Attributes, void *(*Start)(void *),
                     void *Argument) noexcept;
int oldPthreadDetach(pthread_t Thread) noexcept;
int oldPthreadJoin(pthread_t Thread, void **Result);
int oldPthreadKeyCreate(pthread_key_t *Key, void (*Destructor)(void *)) noexcept;
int oldPthreadOnce(pthread_once_t *Control, void (*Once)(void));
int oldFstat(int Version, int Descriptor, struct stat *Status) noexcept;
int oldStat(int Version, const char *Path, struct stat *Status) noexcept;
}
#pragma GCC visibility pop

OLD_VERSION(oldDladdr, dladdr);
OLD_VERSION(oldPthreadCreate, pthread_create);
OLD_VERSION(oldPthreadDetach, pthread_detach);
OLD_VERSION(oldPthreadJoin, pthread_join);
OLD_VERSION(oldPthreadKeyCreate, __pthread_key_create);
OLD_VERSION(oldPthreadOnce, pthread_once);
OLD_VERSION(oldFstat, __fxstat);
OLD_VERSION(oldStat, __xstat);

/// `_STAT_VER` of glibc's <bits/stat.h> up to 2.32: the layout of `struct stat`, which has not
/// changed on x86-64.
static const int StatVersion = 1;

#pragma GCC visibility push(hidden)
extern "C" {

int dladdr(const void *Address, Dl_info *Info) noexcept { return oldDladdr(Address, Info); }

int pthread_create(pthread_t *Thread, const pthread_attr_t *Attributes, void *(*Start)(void *),
                   void *Argument) noexcept {
  return oldPthreadCreate(Thread, Attributes, Start, Argument);
}

int pthread_detach(pthread_t Thread) noexcept { return oldPthreadDetach(Thread); }

int pthread_join(pthread_t Thread, void **Result) { return oldPthreadJoin(Thread, Result); }

int __pthread_key_create(pthread_key_t *Key, void (*Destructor)(void *)) noexcept {
  return oldPthreadKeyCreate(Key, Destructor);
}

int pthread_once(pthread_once_t *Control, void (*Once)(void)) {
  return oldPthreadOnce(Control, Once);
}

int fstat(int Descriptor, struct stat *Status) noexcept {
  return oldFstat(StatVersion, Descriptor, Status);
}

int stat(const char *Path, struct stat *Status) noexcept {
  return oldStat(StatVersion, Path, Status);
}

/// New in 2.32: whether the process has one thread only, so that libstdc++ may count references
/// without atomic instructions. "No" is always right.
char __libc_single_threaded = 0;

/// New in 2.36: what libstdc++'s random_device asks first.
uint32_t arc4random(void) noexcept {
  uint32_t Word;
  if (getentropy(&Word, sizeof(Word)) != 0)
    abort();
  return Word;
}
}

#if __GLIBC_PREREQ(2, 35)
namespace {
struct Sought {
  uintptr_t Address;
  struct dl_find_object *Found;
};
} // namespace

/// Whether a loaded object is the one that the sought address is in; with its unwind tables.
static int isObjectOf(struct dl_phdr_info *Info, size_t, void *Data) {
  auto &[Address, Found] = *static_cast<Sought *>(Data);
  bool Inside = false;
  void *Frames = nullptr;
  for (int Index = 0; Index < Info->dlpi_phnum; ++Index) {
    const ElfW(Phdr) &Segment = Info->dlpi_phdr[Index];
    const uintptr_t Begin = Info->dlpi_addr + Segment.p_vaddr;
    if (Segment.p_type == PT_GNU_EH_FRAME)
      Frames = reinterpret_cast<void *>(Begin);
    if (Segment.p_type != PT_LOAD || Address < Begin || Address - Begin >= Segment.p_memsz)
      continue;
    Inside = true;
    Found->dlfo_map_start = reinterpret_cast<void *>(Begin);
    Found->dlfo_map_end = reinterpret_cast<void *>(Begin + Segment.p_memsz);
  }
  if (!Inside || Frames == nullptr)
    return 0;
  Found->dlfo_eh_frame = Frames;
  return 1;
}

/// New in 2.35: how libgcc's unwinder finds an object's unwind tables. Before, it went through all
/// objects, as this does.
extern "C" int _dl_find_object(void *Address, struct dl_find_object *Found) noexcept {
  *Found = {};
  Sought Data = {reinterpret_cast<uintptr_t>(Address), Found};
  return dl_iterate_phdr(isObjectOf, &Data) == 1 ? 0 : -1;
}
#endif
#pragma GCC visibility pop

#endif
