#include "lto/rustc/crate_type.h"

#include "lto/llvm/error.h"
#include "llvm/ADT/StringSwitch.h"

using namespace llvm;

namespace lto_inspector::rustc {

using namespace support;

std::optional<CrateType> parseCrateType(StringRef Text) {
  return StringSwitch<std::optional<CrateType>>(Text)
      .Case("bin", CrateType::Executable)
      .Case("dylib", CrateType::Dylib)
      .Case("rlib", CrateType::Rlib)
      .Case("lib", CrateType::Rlib)
      .Case("staticlib", CrateType::Staticlib)
      .Case("cdylib", CrateType::Cdylib)
      .Case("proc-macro", CrateType::ProcMacro)
      .Case("sdylib", CrateType::Sdylib)
      .Default(std::nullopt);
}

bool crateTypeAllowsLto(CrateType Type) { return Type != CrateType::Rlib; }

Error checkLtoAllowed(const LtoPermission &Permission) {
  if (Permission.LinkerPluginLto)
    return makeError("LinkerPluginLto",
                     "this crate leaves LTO to the linker (-C linker-plugin-lto): "
                     "rustc runs none, so there is nothing to replay");
  if (Permission.ThinLocal)
    return Error::success();
  for (CrateType Type : Permission.CrateTypes) {
    if (!crateTypeAllowsLto(Type))
      return makeError("LtoDisallowed", "lto can only be run for executables, cdylibs and static "
                                        "library outputs");
    if (Type == CrateType::Dylib && !Permission.DylibLto)
      return makeError("LtoDylib", "lto cannot be used for `dylib` crate type without "
                                   "`-Zdylib-lto`");
    if (Type == CrateType::ProcMacro && !Permission.DylibLto)
      return makeError("LtoProcMacro", "lto cannot be used for `proc-macro` crate type without "
                                       "`-Zdylib-lto`");
  }
  if (Permission.PreferDynamic && !Permission.DylibLto)
    return makeError("DynamicLinkingWithLTO",
                     "cannot prefer dynamic linking when performing LTO: only 'staticlib', 'bin', "
                     "and 'cdylib' outputs are supported with LTO");
  return Error::success();
}

} // namespace lto_inspector::rustc
