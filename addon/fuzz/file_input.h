//===- file_input.h - A fuzzer's bytes as a file --------------------------===//
#pragma once

#include <cstdint>
#include <cstdlib>
#include <string>
#include <sys/mman.h>
#include <unistd.h>

namespace lto_inspector::fuzz {

/// A file in memory with these bytes, because the readers take paths.
class FileInput {
public:
  FileInput(const uint8_t *Data, size_t Size) : Descriptor(memfd_create("input", 0)) {
    if (Descriptor < 0 || write(Descriptor, Data, Size) != static_cast<ssize_t>(Size))
      abort();
  }
  ~FileInput() { close(Descriptor); }
  FileInput(const FileInput &) = delete;
  FileInput &operator=(const FileInput &) = delete;

  std::string path() const { return "/proc/self/fd/" + std::to_string(Descriptor); }

private:
  int Descriptor;
};

} // namespace lto_inspector::fuzz
