/** The disk format of a toolchain in notes and captures. */
import * as z from "zod/mini";
import type { Toolchain } from "../../protocol/units.js";
import { filePath, formatOf } from "../base/values.js";

export const toolchain = formatOf<Toolchain>()(() =>
  z.object({
    rustc: filePath,
    sysroot: filePath,
    host: z.string(),
    release: z.string(),
    commitHash: z.nullable(z.string()),
    llvmVersion: z.string(),
  }),
);
