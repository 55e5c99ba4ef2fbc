#include "lto/llvm/archive_writer.h"

#include "lto/llvm/error.h"
#include "llvm/Object/ArchiveWriter.h"

using namespace llvm;

namespace lto_inspector::support {

Error writeGnuArchive(ArrayRef<NewMember> Members, StringRef File) {
  std::vector<NewArchiveMember> Written;
  for (const NewMember &Member : Members)
    Written.emplace_back(MemoryBufferRef(Member.Content, Member.Name));
  Error E = writeArchive(File, Written, SymtabWritingMode::NormalSymtab, object::Archive::K_GNU,
                         /*Deterministic=*/true, /*Thin=*/false);
  if (E)
    return wrapError(std::move(E), "EngineFailed", "the archive " + File + " cannot be written",
                     File);
  return Error::success();
}

} // namespace lto_inspector::support
