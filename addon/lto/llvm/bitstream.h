//===- bitstream.h - Walking through the blocks of bitcode ----------------===//
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Bitstream/BitstreamReader.h"
#include "llvm/Support/Error.h"

namespace lto_inspector::support {

/// The callbacks for a block's entries. Either may be empty: such entries are skipped.
struct BlockVisitor {
  /// A nested block, with its id: has to enter or skip it.
  llvm::function_ref<llvm::Error(unsigned Id)> OnBlock;
  /// A record, with its code and its values.
  llvm::function_ref<llvm::Error(unsigned Code, llvm::ArrayRef<uint64_t> Values)> OnRecord;
};

/// Walks through the block that Stream has entered, to its end. Errors: LLVM's own, a malformed
/// block, the visitor's.
llvm::Error walkBlock(llvm::BitstreamCursor &Stream, const BlockVisitor &Visitor);

/// Enters the first block with that id at the top of a stream; false: there is none. Errors: LLVM's
/// own.
llvm::Expected<bool> enterFirstBlock(llvm::BitstreamCursor &Stream, unsigned Id);

} // namespace lto_inspector::support
