/** Engine requests: files without LLVM. */
import { bystander } from "./request.js";

/** `digestFiles`: BLAKE3-256 of the contents of files, in the same order. */
export interface DigestFilesParams {
  readonly files: readonly string[];
}

export interface DigestFilesResult {
  /** Lower-case hex; null: not a regular file, or unreadable. */
  readonly digests: readonly (string | null)[];
}

/** `syncFiles`: answers once the files, and their entries in their folders, are on disk. Missing files are skipped. */
export interface SyncFilesParams {
  readonly files: readonly string[];
}

export const fileRequests = {
  digestFiles: bystander<DigestFilesParams, DigestFilesResult>(),
  syncFiles: bystander<SyncFilesParams, Record<string, never>>(),
};
