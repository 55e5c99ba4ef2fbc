/** Digests of contents, computed by an engine process: it has LLVM's BLAKE3, and reads with all threads. */
import type { DigestFiles } from "../store/content-check.js";
import type { EngineClient } from "./client.js";

/** The digests that blobs are named by. @param engine any: they do not depend on its LLVM */
export function engineDigests(engine: EngineClient): DigestFiles {
  return async (files, signal) => (await engine.request("digestFiles", { files }, signal)).digests;
}
