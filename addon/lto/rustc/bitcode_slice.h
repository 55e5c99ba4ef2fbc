//===- bitcode_slice.h - Bitcode inside object files, as rustc finds it ---===//
#pragma once

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/TargetParser/Triple.h"

namespace lto_inspector::rustc {

/// Whether rustc takes an archive member of that name for one of its own objects ("….rcgu.o").
///
/// Mirrors `looks_like_rust_object_file` (rustc_codegen_ssa/src/lib.rs, 1.9x).
bool looksLikeRustObjectFile(llvm::StringRef Name);

/// The name of the section with embedded bitcode, as LLVM's object reader spells it.
///
/// Mirrors `bitcode_section_name` (rustc_codegen_llvm/src/back/write.rs, 1.9x), without the
/// "__LLVM," segment of Mach-O.
llvm::StringRef bitcodeSectionName(const llvm::Triple &Triple);

/// The bitcode in an object: all of it if it is raw or wrapped bitcode, otherwise the content of
/// its bitcode section. Never empty, always inside Data.
///
/// Mirrors `get_bitcode_slice_from_object_data` (rustc_codegen_llvm/src/back/lto.rs) and
/// `LLVMRustGetSliceFromObjectDataByName` (PassWrapper.cpp, 1.9x). Errors: LtoBitcodeFromRlib with
/// LLVM's own message, NotAnObject, NoBitcode.
llvm::Expected<llvm::StringRef> getBitcodeSliceFromObjectData(llvm::StringRef Data);

} // namespace lto_inspector::rustc
