#include "lto/llvm/file_digest.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/BLAKE3.h"
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

using namespace llvm;

namespace lto_inspector::support {

namespace {

/// A regular file, open for reading.
class RegularFile {
public:
  /// O_NONBLOCK: a FIFO with the name would otherwise block forever.
  explicit RegularFile(const std::string &Path)
      : FD(open(Path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
    if (FD >= 0 && (fstat(FD, &Found) != 0 || !S_ISREG(Found.st_mode))) {
      close(FD);
      FD = -1;
    }
  }
  ~RegularFile() {
    if (FD >= 0)
      close(FD);
  }
  RegularFile(const RegularFile &) = delete;
  RegularFile &operator=(const RegularFile &) = delete;

  bool isOpen() const { return FD >= 0; }
  uint64_t size() const { return static_cast<uint64_t>(Found.st_size); }
  int descriptor() const { return FD; }

  bool hasName(const std::string &Path) const {
    struct stat Named;
    return stat(Path.c_str(), &Named) == 0 && Named.st_ino == Found.st_ino &&
           Named.st_dev == Found.st_dev;
  }

  /// Passes the content to Take piece by piece until that returns false. False: the file was not
  /// read to its end.
  bool read(function_ref<bool(StringRef)> Take) const {
    std::vector<char> Piece(std::min<uint64_t>(size() + 1, 1 << 20));
    for (;;) {
      ssize_t Got = ::read(FD, Piece.data(), Piece.size());
      if (Got < 0 && errno == EINTR)
        continue;
      if (Got <= 0)
        return Got == 0;
      if (!Take(StringRef(Piece.data(), static_cast<size_t>(Got))))
        return false;
    }
  }

private:
  int FD;
  struct stat Found = {};
};

} // namespace

std::string digestOf(StringRef Content) {
  BLAKE3 Hasher;
  Hasher.update(Content);
  return toHex(Hasher.final(), /*LowerCase=*/true);
}

std::optional<std::string> digestOfFile(const std::string &Path,
                                        const std::atomic<bool> &Cancelled) {
  RegularFile File(Path);
  if (!File.isOpen())
    return std::nullopt;
  BLAKE3 Hasher;
  bool Whole = File.read([&](StringRef Piece) {
    Hasher.update(Piece);
    return !Cancelled;
  });
  if (!Whole)
    return std::nullopt;
  return toHex(Hasher.final(), /*LowerCase=*/true);
}

bool holdsContent(const std::string &Path, StringRef Content) {
  RegularFile File(Path);
  if (!File.isOpen() || File.size() != Content.size())
    return false;
  // Before the file is checked: `prune` removes the name, checks the time, and restores the name of
  // a file that was used in the meantime. Nothing is pruned in a read-only store.
  (void)futimens(File.descriptor(), nullptr);
  StringRef Rest = Content;
  bool Same = File.read([&](StringRef Piece) { return Rest.consume_front(Piece); });
  return Same && Rest.empty() && File.hasName(Path);
}

} // namespace lto_inspector::support
