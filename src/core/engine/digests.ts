/** Digests of contents, computed by an engine process: it has LLVM's BLAKE3, and reads with all threads. */
import type { DigestFiles } from "../store/content-check.js";
import type { EngineClient } from "./client.js";

/** Computes the digests that name blobs. @param engine any engine: the digests do not depend on its LLVM */
export function engineDigests(engine: EngineClient): DigestFiles {
  return async (files, signal) => (await engine.request("digestFiles", { files }, signal)).digests;
}
