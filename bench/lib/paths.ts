/** The folders of benches. */
import path from "node:path";

/** The repository's top folder. */
export const ROOT = path.resolve(__dirname, "..", "..");
export const BENCH = path.join(ROOT, "bench");
/** Everything that benches download and make; not committed. */
export const WORK = path.join(BENCH, "work");
/** What benches measured, as JSON and Markdown. */
export const RESULTS = path.join(WORK, "results");
/** The command line that `npm run build` makes. */
export const CLI = path.join(ROOT, "dist", "cli.js");
