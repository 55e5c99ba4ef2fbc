//===- bitcode_file.h - Bitcode in files and archives ---------------------===//
//
// Files are read whole into memory, never mapped: a build may rewrite them at any time, and half of
// a file must never be used.
//
//===----------------------------------------------------------------------===//
#pragma once

#include "lto/llvm/regular_file.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"
#include <memory>
#include <string>
#include <vector>

namespace lto_inspector::rustc {

/// One module's bitcode inside a file.
struct BitcodeSlice {
  /// The archive member's name, or the file's name without its folder.
  std::string Name;
  std::string File;
  /// Empty: the file is no archive. The second member of one name, and those after it, are
  /// distinguished by where they lie: "a.o at 1234", as lld does.
  std::string Member;
  /// Points into the file's buffer, which the holder keeps.
  llvm::StringRef Data;
};

/// A file's content with the slices of bitcode in it.
struct BitcodeFile {
  std::unique_ptr<llvm::MemoryBuffer> Buffer;
  /// Of a thin archive: the files that are its members.
  std::vector<std::unique_ptr<llvm::MemoryBuffer>> Members;
  std::vector<BitcodeSlice> Slices;
};

enum class MemberSelection {
  /// Those that rustc would read: UTF-8 names that look like Rust object files.
  RustObjects,
  /// Every member that can hold bitcode.
  All,
};

/// A thin archive names files anywhere on the machine. Only one that the user named may lead to
/// them: a capture may come from somebody else, and rustc writes none.
enum class ThinArchives { Refuse, Read };

/// Opens a bitcode file, an object file with embedded bitcode, or an archive of these.
///
/// Errors: UnreadableFile, FilesChanged, NotAnObject, NoBitcode, CorruptArchive,
/// LtoBitcodeFromRlib.
llvm::Expected<BitcodeFile> openBitcodeFile(llvm::StringRef Path, MemberSelection Selection,
                                            ThinArchives Thin = ThinArchives::Refuse);

/// The slice of one member, or of the file itself when Member is empty.
llvm::Expected<BitcodeSlice> findSlice(const BitcodeFile &File, llvm::StringRef Member);

} // namespace lto_inspector::rustc
