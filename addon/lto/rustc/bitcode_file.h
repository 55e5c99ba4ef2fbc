//===- bitcode_file.h - Bitcode in files and archives ---------------------===//
//
// Files are read into memory and never mapped: a build may rewrite them at any time, and half of a
// file must never be used.
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
  /// Empty: the file is not an archive. Further members with the same name are distinguished by
  /// their position, like in lld: "a.o at 1234".
  std::string Member;
  /// Points into the file's buffer, which the holder keeps.
  llvm::StringRef Data;
};

/// A file's content with the slices of bitcode in it.
struct BitcodeFile {
  std::unique_ptr<llvm::MemoryBuffer> Buffer;
  /// For a thin archive: the files of its members.
  std::vector<std::unique_ptr<llvm::MemoryBuffer>> Members;
  std::vector<BitcodeSlice> Slices;
};

enum class MemberSelection {
  /// The members that rustc reads: UTF-8 names that look like Rust object files.
  RustObjects,
  /// Every member that can contain bitcode.
  All,
};

/// A thin archive names files anywhere on the machine. It is only followed if the user named it: a
/// capture may come from somebody else, and rustc writes no thin archives.
enum class ThinArchives { Refuse, Read };

/// Opens a bitcode file, an object file with embedded bitcode, or an archive of these.
///
/// Errors: UnreadableFile, FilesChanged, NotAnObject, NoBitcode, CorruptArchive,
/// LtoBitcodeFromRlib.
llvm::Expected<BitcodeFile> openBitcodeFile(llvm::StringRef Path, MemberSelection Selection,
                                            ThinArchives Thin = ThinArchives::Refuse);

/// The slice of one member, or of the file itself if Member is empty.
llvm::Expected<BitcodeSlice> findSlice(const BitcodeFile &File, llvm::StringRef Member);

} // namespace lto_inspector::rustc
