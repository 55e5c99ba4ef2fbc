import path from "node:path";

/** The repository's top folder. */
export const repository = path.resolve(__dirname, "..", "..");
