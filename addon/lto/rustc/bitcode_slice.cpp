#include "lto/rustc/bitcode_slice.h"

#include "lto/llvm/error.h"
#include "llvm/BinaryFormat/Magic.h"
#include "llvm/Object/ObjectFile.h"

using namespace llvm;

namespace lto_inspector::rustc {

using namespace support;

/// Stem and extension as in Rust's `Path`: a leading dot starts no extension, and a trailing slash
/// does not count. (LLVM's functions differ in both.)
static std::pair<StringRef, StringRef> splitExtension(StringRef Name) {
  size_t Dot = Name.rfind('.');
  if (Dot == StringRef::npos || Dot == 0)
    return {Name, {}};
  return {Name.take_front(Dot), Name.drop_front(Dot + 1)};
}

bool looksLikeRustObjectFile(StringRef Name) {
  StringRef File = Name.rtrim('/');
  File = File.drop_front(File.rfind('/') + 1);
  auto [Stem, Extension] = splitExtension(File);
  return Extension == "o" && splitExtension(Stem).second == "rcgu";
}

StringRef bitcodeSectionName(const Triple &T) {
  if (T.isOSBinFormatMachO())
    return "__bitcode";
  if (T.isOSBinFormatXCOFF())
    return ".ipa";
  return ".llvmbc";
}

static bool isBitcode(StringRef Data) {
  return Data.starts_with(StringRef("\xDE\xC0\x17\x0B", 4)) ||
         Data.starts_with(StringRef("BC\xC0\xDE", 4));
}

/// The section in which clang's -ffat-lto-objects keeps the bitcode for the linker.
constexpr StringLiteral FatLtoObjectSection = ".llvm.lto";

/// Sections of GCC's -flto, which contain GCC's own format and not bitcode.
static bool isGccLto(StringRef Section) { return Section.starts_with(".gnu.lto_"); }

Expected<StringRef> getBitcodeSliceFromObjectData(StringRef Data) {
  if (isBitcode(Data))
    return Data;
  if (Data.empty())
    return makeError("NotAnObject", "the object is empty");
  file_magic Magic = identify_magic(Data);
  if (Magic == file_magic::unknown)
    return makeError(
        "NotAnObject",
        "neither bitcode nor an object file that LLVM knows (the first bytes fit none)");
  Expected<std::unique_ptr<object::ObjectFile>> Object =
      object::ObjectFile::createObjectFile(MemoryBufferRef(Data, ""), Magic);
  if (!Object)
    return wrapError(Object.takeError(), "LtoBitcodeFromRlib",
                     "failed to get bitcode from object file for LTO");
  StringRef Wanted = bitcodeSectionName((*Object)->makeTriple());
  bool OfGcc = false;
  for (const object::SectionRef &Section : (*Object)->sections()) {
    Expected<StringRef> Name = Section.getName();
    if (!Name) {
      consumeError(Name.takeError());
      continue;
    }
    OfGcc |= isGccLto(*Name);
    if (*Name != Wanted && *Name != FatLtoObjectSection)
      continue;
    Expected<StringRef> Contents = Section.getContents();
    if (!Contents)
      return wrapError(Contents.takeError(), "LtoBitcodeFromRlib",
                       "failed to get bitcode from object file for LTO");
    bool Inside = Contents->begin() >= Data.begin() && Contents->end() <= Data.end();
    if (Contents->empty() || !Inside)
      return makeError("NoBitcode", "its section " + *Name +
                                        (Contents->empty() ? " is empty" : " has no content"));
    return *Contents;
  }
  if (OfGcc)
    return makeError("NoBitcode", "GCC compiled it with -flto: it holds GIMPLE (.gnu.lto_*), which "
                                  "is no LLVM bitcode");
  return makeError("NoBitcode",
                   "it has no section " + Wanted + ": it was compiled without embedded bitcode");
}

} // namespace lto_inspector::rustc
