#include "lto/llvm/allocations.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/IR/Function.h"
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <mutex>
#if defined(__linux__) && (defined(__x86_64__) || defined(__aarch64__))
#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>
#endif

using namespace llvm;

namespace lto_inspector::support {

ThreadAllocations &threadAllocations() {
  static thread_local ThreadAllocations Counts;
  return Counts;
}

#if defined(__linux__) && (defined(__x86_64__) || defined(__aarch64__))

namespace {

void noteAllocated(void *Block) {
  ThreadAllocations &Counts = threadAllocations();
  Counts.Bytes += static_cast<int64_t>(malloc_usable_size(Block));
  Counts.Peak = std::max(Counts.Peak, Counts.Bytes);
}

void noteFreed(void *Block) {
  threadAllocations().Bytes -= static_cast<int64_t>(malloc_usable_size(Block));
}

void *countedMalloc(size_t Size) {
  void *Block = std::malloc(Size);
  noteAllocated(Block);
  return Block;
}

void *countedCalloc(size_t Count, size_t Size) {
  void *Block = std::calloc(Count, Size);
  noteAllocated(Block);
  return Block;
}

void *countedRealloc(void *Old, size_t Size) {
  const size_t Before = malloc_usable_size(Old);
  void *Block = std::realloc(Old, Size);
  if (!Block && Size != 0)
    return nullptr;
  threadAllocations().Bytes -= static_cast<int64_t>(Before);
  noteAllocated(Block);
  return Block;
}

void *countedAlignedAlloc(size_t Alignment, size_t Size) {
  void *Block = ::aligned_alloc(Alignment, Size);
  noteAllocated(Block);
  return Block;
}

void *countedMemalign(size_t Alignment, size_t Size) {
  void *Block = ::memalign(Alignment, Size);
  noteAllocated(Block);
  return Block;
}

int countedPosixMemalign(void **Block, size_t Alignment, size_t Size) {
  const int Failed = ::posix_memalign(Block, Alignment, Size);
  if (!Failed)
    noteAllocated(*Block);
  return Failed;
}

void countedFree(void *Block) {
  noteFreed(Block);
  std::free(Block);
}

void *counted(StringRef Name) {
  const std::pair<StringRef, void *> Functions[] = {
      {"malloc", reinterpret_cast<void *>(&countedMalloc)},
      {"calloc", reinterpret_cast<void *>(&countedCalloc)},
      {"realloc", reinterpret_cast<void *>(&countedRealloc)},
      {"aligned_alloc", reinterpret_cast<void *>(&countedAlignedAlloc)},
      {"memalign", reinterpret_cast<void *>(&countedMemalign)},
      {"posix_memalign", reinterpret_cast<void *>(&countedPosixMemalign)},
      {"free", reinterpret_cast<void *>(&countedFree)}};
  for (const auto &[Known, Function] : Functions)
    if (Known == Name)
      return Function;
  return nullptr;
}

/// The parts of a library's dynamic section that name what it calls.
struct DynamicSection {
  const ElfW(Sym) *Symbols = nullptr;
  const char *Names = nullptr;
  const ElfW(Rela) *Calls = nullptr;
  size_t CallBytes = 0;
  const ElfW(Rela) *Others = nullptr;
  size_t OtherBytes = 0;
};

/// The loader has turned the section's offsets into addresses.
DynamicSection readDynamic(const ElfW(Dyn) * Entry) {
  DynamicSection Read;
  for (; Entry->d_tag != DT_NULL; ++Entry) {
    switch (Entry->d_tag) {
    case DT_SYMTAB:
      Read.Symbols = reinterpret_cast<const ElfW(Sym) *>(Entry->d_un.d_ptr);
      break;
    case DT_STRTAB:
      Read.Names = reinterpret_cast<const char *>(Entry->d_un.d_ptr);
      break;
    case DT_JMPREL:
      Read.Calls = reinterpret_cast<const ElfW(Rela) *>(Entry->d_un.d_ptr);
      break;
    case DT_PLTRELSZ:
      Read.CallBytes = Entry->d_un.d_val;
      break;
    case DT_RELA:
      Read.Others = reinterpret_cast<const ElfW(Rela) *>(Entry->d_un.d_ptr);
      break;
    case DT_RELASZ:
      Read.OtherBytes = Entry->d_un.d_val;
      break;
    default:
      break;
    }
  }
  return Read;
}

bool isAddressOfFunction(unsigned Type) {
#if defined(__x86_64__)
  return Type == R_X86_64_JUMP_SLOT || Type == R_X86_64_GLOB_DAT;
#else
  return Type == R_AARCH64_JUMP_SLOT || Type == R_AARCH64_GLOB_DAT;
#endif
}

uintptr_t pageOf(uintptr_t Address) {
  return Address & ~(static_cast<uintptr_t>(sysconf(_SC_PAGESIZE)) - 1);
}

/// The loader may have made the page read-only.
bool replace(void **Slot, void *Value) {
  void *Page = reinterpret_cast<void *>(pageOf(reinterpret_cast<uintptr_t>(Slot)));
  if (mprotect(Page, sysconf(_SC_PAGESIZE), PROT_READ | PROT_WRITE) != 0)
    return false;
  __atomic_store_n(Slot, Value, __ATOMIC_RELEASE);
  return true;
}

bool replaceIn(const DynamicSection &Section, ElfW(Addr) Base, const ElfW(Rela) * Table,
               size_t Bytes) {
  bool Replaced = false;
  for (size_t I = 0; Table && I < Bytes / sizeof(ElfW(Rela)); ++I) {
    if (!isAddressOfFunction(ELF64_R_TYPE(Table[I].r_info)))
      continue;
    const char *Name = Section.Names + Section.Symbols[ELF64_R_SYM(Table[I].r_info)].st_name;
    if (void *Function = counted(Name))
      Replaced |= replace(reinterpret_cast<void **>(Base + Table[I].r_offset), Function);
  }
  return Replaced;
}

/// The addresses that a search looks for, and whether one of its libraries calls the allocator.
struct Search {
  ElfW(Addr) InLlvm = 0;
  bool Replaced = false;
};

int visitLibrary(dl_phdr_info *Library, size_t, void *Of) {
  auto &Searched = *static_cast<Search *>(Of);
  const ElfW(Dyn) *Dynamic = nullptr;
  bool IsLlvm = false;
  ElfW(Addr) ReadOnly = 0, ReadOnlyEnd = 0;
  for (const ElfW(Phdr) &Part : ArrayRef(Library->dlpi_phdr, Library->dlpi_phnum)) {
    const ElfW(Addr) Begin = Library->dlpi_addr + Part.p_vaddr;
    if (Part.p_type == PT_DYNAMIC)
      Dynamic = reinterpret_cast<const ElfW(Dyn) *>(Begin);
    if (Part.p_type == PT_GNU_RELRO) {
      ReadOnly = pageOf(Begin);
      ReadOnlyEnd = pageOf(Begin + Part.p_memsz);
    }
    if (Part.p_type == PT_LOAD)
      IsLlvm |= Searched.InLlvm >= Begin && Searched.InLlvm < Begin + Part.p_memsz;
  }
  // `new` and `delete` of a libLLVM that is linked to the system's C++ library.
  const StringRef Name = Library->dlpi_name;
  const bool IsCxx = Name.contains("/libstdc++.so") || Name.contains("/libc++.so");
  if (!Dynamic || (!IsLlvm && !IsCxx))
    return 0;
  const DynamicSection Section = readDynamic(Dynamic);
  if (!Section.Symbols || !Section.Names)
    return 0;
  bool Replaced = replaceIn(Section, Library->dlpi_addr, Section.Calls, Section.CallBytes);
  Replaced |= replaceIn(Section, Library->dlpi_addr, Section.Others, Section.OtherBytes);
  // As the loader left it.
  if (Replaced && ReadOnlyEnd > ReadOnly)
    mprotect(reinterpret_cast<void *>(ReadOnly), ReadOnlyEnd - ReadOnly, PROT_READ);
  Searched.Replaced |= Replaced && IsLlvm;
  return 0;
}

} // namespace

bool countAllocations() {
  static std::once_flag Once;
  static bool Counts = false;
  std::call_once(Once, [] {
    Search Searched;
    // A function of libLLVM that is in no header.
    const auto Known = static_cast<bool (Function::*)() const>(&Function::isDefTriviallyDead);
    void *Address = nullptr;
    static_assert(sizeof(Known) >= sizeof(Address));
    std::memcpy(&Address, &Known, sizeof(Address));
    Searched.InLlvm = reinterpret_cast<ElfW(Addr)>(Address);
    dl_iterate_phdr(visitLibrary, &Searched);
    Counts = Searched.Replaced;
  });
  return Counts;
}

#else

bool countAllocations() { return false; }

#endif

} // namespace lto_inspector::support
