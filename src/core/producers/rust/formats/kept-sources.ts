/** `sources.json.gz` of a capture: the sources that its build read. */
import * as z from "zod/mini";
import { byName } from "../../../base/by-name.js";
import { formatOf } from "../../../base/values.js";

export interface KeptSources {
  readonly schema: 1;
  /** Absolute path → text. */
  readonly files: Readonly<Record<string, string>>;
}

export const keptSources = formatOf<KeptSources>()(() => z.object({ schema: z.literal(1), files: byName(z.string()) }));
