//===- blob_store.h - Content-addressed files -----------------------------===//
#pragma once

#include "lto/pipeline/save_temps.h"
#include <string>

namespace lto_inspector::pipeline {

/// Writes stages to `<root>/<first two hex digits>/<the rest>.bc`; writes equal content once, and
/// replaces a damaged blob. Blobs are on the disk after syncFiles (durable.h).
class BlobStore : public StageSink {
public:
  explicit BlobStore(std::string Root) : Root(std::move(Root)) {}

  /// Errors: DiskFull, EngineFailed with the system's words.
  llvm::Error save(llvm::StringRef ContentHash, llvm::StringRef Bitcode) override;

  std::string pathOf(llvm::StringRef ContentHash) const;

private:
  std::string Root;
};

} // namespace lto_inspector::pipeline
