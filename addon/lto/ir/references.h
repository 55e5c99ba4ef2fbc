//===- references.h - What a module's definitions refer to ----------------===//
#pragma once

#include "lto/ir/vtables.h"
#include "lto/llvm/run_control.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBufferRef.h"
#include <optional>
#include <string>
#include <vector>

namespace lto_inspector::ir {

/// How a definition refers to a symbol; in the order of src/protocol/engine/references.ts.
enum class ReferenceKind {
  Call,
  /// A function's address, other than for a call of it.
  Address,
  /// A function uses a variable.
  Use,
  /// A variable's initial value.
  Initializer,
  /// A method in a vtable.
  Vtable,
  Personality,
  Alias,
  IFunc,
  /// A member of the same COMDAT group: linkers keep all of them or none.
  Comdat
};

struct Reference {
  std::string To;
  ReferenceKind Kind;
  /// By debug info: symbols of the inlined functions in which the reference was written, outermost
  /// first. Of the first one, if there are several.
  std::vector<std::string> Through;
};

/// In the order of src/protocol/engine/references.ts.
enum class DefinitionKind { Function, Variable, Alias, IFunc, Assembly };

/// Who sees a definition.
enum class DefinitionScope {
  OtherModules,
  Module,
  /// A copy that is not emitted (available_externally).
  Copy
};

/// A symbol that the module defines, and what it refers to.
struct Definition {
  /// "@7" for a global without a name, as in LLVM's text.
  std::string Symbol;
  std::string Readable;
  DefinitionKind Kind = DefinitionKind::Function;
  DefinitionScope Scope = DefinitionScope::OtherModules;
  bool Hidden = false;
  /// In llvm.used.
  bool Used = false;
  /// In llvm.compiler.used.
  bool CompilerUsed = false;
  /// In llvm.global_ctors, or in a section whose functions run before main.
  bool RunsBeforeMain = false;
  /// In llvm.global_dtors.
  bool RunsAfterMain = false;
  /// A function with debug info, which tells what was inlined into it.
  bool HasLines = false;
  std::optional<VtableName> Vtable;
  /// Every symbol once for each kind, in order of occurrence.
  std::vector<Reference> References;
};

struct ModuleReferences {
  /// What its IR defines, then what its assembly does.
  std::vector<Definition> Definitions;
  /// Symbols that its assembly refers to without defining them.
  std::vector<std::string> Assembly;
  /// Why the module-level assembly could not be read; empty: it was, or there is none.
  std::string AssemblyNotRead;
};

/// Reads the references of a module's definitions. Metadata, intrinsics and LLVM's own variables
/// (`llvm.used`) do not count. Errors: ParseBitcode, Cancelled.
llvm::Expected<ModuleReferences> readReferences(llvm::MemoryBufferRef Bitcode,
                                                const support::RunControl &Control);

} // namespace lto_inspector::ir
