/** `digests.json` of a capture: digests of its files when it was made, so that a damaged file is noticed and named. */
import * as z from "zod/mini";
import { byName } from "../base/by-name.js";

export const CAPTURE_DIGESTS = "digests.json";

const sha256 = z.string().check(z.regex(/^[0-9a-f]{64}$/, { error: "a SHA-256 digest" }));

export const captureDigests = z.object({
  schema: z.literal(1),
  /** Path below the capture's folder → SHA-256 of the content. */
  files: byName(sha256),
});

export type CaptureDigests = z.output<typeof captureDigests>;
