/** Engine requests: files without LLVM. */
import { bystander } from "./request.js";

/** `digestFiles`: BLAKE3-256 of the contents of files, in the same order. */
export interface DigestFilesParams {
  readonly files: readonly string[];
}

export interface DigestFilesResult {
  /** Lower-case hex; null: it is no regular file, or cannot be read. */
  readonly digests: readonly (string | null)[];
}

/** `syncFiles`: answered when the files, and their names in their folders, are on the disk. Those that are gone are passed over. */
export interface SyncFilesParams {
  readonly files: readonly string[];
}

export const fileRequests = {
  digestFiles: bystander<DigestFilesParams, DigestFilesResult>(),
  syncFiles: bystander<SyncFilesParams, Record<string, never>>(),
};
