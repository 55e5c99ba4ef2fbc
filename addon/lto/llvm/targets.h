//===- targets.h - Targets of the loaded libLLVM --------------------------===//
#pragma once

namespace lto_inspector::support {

/// Registers all targets that the loaded libLLVM has; targets differ from build to build. Call once
/// per process.
void initializeTargets();

} // namespace lto_inspector::support
