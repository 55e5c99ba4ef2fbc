/** What the rustc wrapper sends the capture: the record of one run of rustc over a final crate. */
import * as z from "zod/mini";
import type { RustcRecord, WrapperMessage } from "../wrapper/record.js";
import { filePath, folderName, formatOf } from "../../../base/values.js";

const rustcRecord = formatOf<RustcRecord>()(() =>
  z.object({
    schema: z.literal(1),
    programs: z.array(filePath),
    args: z.array(z.string()),
    added: z.array(z.string()),
    cwd: filePath,
    environment: z.record(z.string(), z.string()),
    previousSessions: z.array(z.object({ crateFolder: folderName, session: folderName, keysFile: z.nullable(folderName) })),
    startedAt: z.number(),
    finishedAt: z.number(),
    exitCode: z.nullable(z.int()),
    signal: z.nullable(z.string()),
  }),
);

export const wrapperMessage = formatOf<WrapperMessage>()(() => z.object({ folder: folderName, record: rustcRecord }));
