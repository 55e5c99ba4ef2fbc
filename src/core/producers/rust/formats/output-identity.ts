/** `output.json` of a capture: the linked file that it belongs to. */
import * as z from "zod/mini";
import { count, formatOf } from "../../../base/values.js";

/** Identifies a linked file; Cargo hard-links it to its final place, so the inode stays the same. */
export interface OutputIdentity {
  readonly inode: number;
  /** In bytes. */
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
}

/** null: the crate was not linked. */
export const outputIdentityFile = formatOf<OutputIdentity | null>()(() =>
  z.nullable(z.object({ inode: z.number(), size: count, modified: z.number() })),
);
