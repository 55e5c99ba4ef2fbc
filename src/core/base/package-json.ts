/** This program's own `package.json`. */
import * as z from "zod/mini";

export const packageJson = z.object({ version: z.string() });
